// Broken model files: cut, flipped, with a lying table or card. Opening refuses them, or what it opens answers with
// probabilities; the digest tells in every case.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "abuse/guarded_case.h"
#include "abuse/read_case.h"
#include "core/random.h"
#include "featurize/bucket_index.h"
#include "model/archive.h"
#include "model/classifier.h"
#include "model/linear/kernels.h"
#include "model/linear/linear_model.h"
#include "support/temporary_folder.h"

namespace aisle::abuse {
namespace {

using nlohmann::json;

constexpr std::uint32_t kHashBits = 10;
constexpr std::size_t kEntryBytes = 64, kNameBytes = 32;

LinearParts good_parts(TaskKind kind) {
  LinearParts parts;
  ModelCard& card = parts.card.model;
  card.model = kLinearKind;
  card.kind = kind;
  card.text_fields = {"title", "body"};
  for (const char* label : {"fruit", "tool", "shoe"}) card.labels.push_back({label, label, 10});
  card.rule.sure_limit = 0.8F;
  if (kind == TaskKind::kTags) card.rule.tag_limits = {0.5F, 0.4F, 0.3F};
  parts.card.ngrams.fields = 2;
  parts.card.ngrams.hash_bits = kHashBits;
  std::vector<std::uint32_t> buckets;
  for (std::uint32_t bucket = 0; bucket < (1U << kHashBits); bucket += 2) buckets.push_back(bucket);
  parts.card.rows = buckets.size();
  parts.index = build_bucket_index(buckets, kHashBits);
  const std::size_t stride = kernels::padded(card.labels.size());
  Random random(5);
  for (std::size_t row = 0; row < buckets.size(); ++row) {
    parts.idf.push_back(1 + static_cast<float>(random.uniform()));
    parts.scale.push_back(0.01F);
    for (std::size_t k = 0; k < stride; ++k)
      parts.weights.push_back(k < 3 ? static_cast<std::int8_t>(random.below(255)) : std::int8_t{0});
  }
  parts.slope = {1, 1, 1};
  parts.offset = {0, 0.1F, -0.1F};
  parts.prior = {0.4F, 0.3F, 0.3F};
  return parts;
}

std::string good_archive(TaskKind kind) {
  const TemporaryFolder folder;
  write_linear_model(good_parts(kind), folder.path() / "model");
  return read_file(folder.path() / "model", 1 << 20);
}

template <typename T>
T get(const std::string& bytes, std::size_t at) {
  T value{};
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

template <typename T>
void put(std::string& bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

struct Section {
  std::string name;
  std::size_t entry, offset, size;
};

std::vector<Section> sections_of(const std::string& bytes) {
  std::vector<Section> sections;
  for (std::size_t i = 0; i < get<std::uint32_t>(bytes, 12); ++i) {
    const std::size_t entry = kEntryBytes * (1 + i);
    sections.push_back({bytes.c_str() + entry, entry, get<std::uint64_t>(bytes, entry + kNameBytes),
                        get<std::uint64_t>(bytes, entry + kNameBytes + 8)});
  }
  return sections;
}

// A good archive with another card: everything else, sizes and offsets included, is right.
std::string with_card(TaskKind kind, const std::string& card, const char* section = "card") {
  const std::string good = good_archive(kind);
  const TemporaryFolder folder;
  ArchiveWriter writer;
  for (const Section& old : sections_of(good)) {
    const std::string_view bytes =
        old.name == section ? std::string_view(card) : std::string_view(good).substr(old.offset, old.size);
    writer.add(old.name, std::as_bytes(std::span(bytes)));
  }
  writer.write(folder.path() / "model");
  return read_file(folder.path() / "model", 256 << 20);
}

json good_card(TaskKind kind) {
  const std::string good = good_archive(kind);
  for (const Section& section : sections_of(good)) {
    if (section.name == "card") return json::parse(good.substr(section.offset, section.size));
  }
  return {};
}

void expect_answers(const Classifier& model) {
  const ModelCard& card = model.card();
  const auto worker = model.new_worker();
  std::vector<float> out(card.labels.size());
  Prediction prediction;
  const std::vector<std::vector<std::string>> items = {{"", ""},
                                                       {},
                                                       {"red apple", "a hammer and a shoe of leather"},
                                                       {std::string(5000, 'x'), "\xC3\xA9t\xC3\xA9"},
                                                       {"a", "b", "c", "d"}};
  for (const std::vector<std::string>& texts : items) {
    worker->probabilities({texts}, out);
    decide(card, out, 2, prediction);
    ASSERT_FALSE(prediction.labels.empty());
    for (const LabelScore& score : prediction.labels) {
      EXPECT_LT(score.label, card.labels.size());
      EXPECT_TRUE(score.probability >= 0 && score.probability <= 1) << score.probability;
    }
    for (std::uint32_t label = 0; label < card.labels.size() && label < 3; ++label)
      EXPECT_LE(worker->explain({texts}, label, 5).evidence.size(), 5U);
  }
}

enum class Opens { kNever, kPerhaps };

void add_archive_case(const std::string& name, std::function<std::string()> make, Opens opens,
                      bool digest_fits = false) {
  add_case("Archive", name, [name, make = std::move(make), opens, digest_fits] {
    const TemporaryFolder folder;
    const std::filesystem::path path = folder.path() / "model.bin";
    std::ofstream(path, std::ios::binary) << make();
    run_guarded(name, {}, [&] {
      try {
        const auto model = open_classifier(path);
        EXPECT_EQ(opens, Opens::kPerhaps) << "is opened";
        expect_answers(*model);
      } catch (const Error& error) {
        expect_clear(error, "model.bin");
        EXPECT_TRUE(error.code() == ErrorCode::kCorrupt || error.code() == ErrorCode::kUnsupported) << describe(error);
      }
      if (digest_fits) return;
      try {
        verify_archive(path);
        ADD_FAILURE() << "its digest is taken for right";
      } catch (const Error& error) {
        expect_clear_message(error.what());
      }
    });
  });
}

void add_cuts(const std::string& good) {
  std::vector<std::size_t> sizes = {0,
                                    1,
                                    7,
                                    8,
                                    9,
                                    11,
                                    12,
                                    15,
                                    16,
                                    24,
                                    63,
                                    64,
                                    65,
                                    95,
                                    96,
                                    97,
                                    127,
                                    128,
                                    good.size() - 33,
                                    good.size() - 32,
                                    good.size() - 31,
                                    good.size() - 1};
  for (const Section& section : sections_of(good)) {
    for (const std::size_t edge :
         {section.entry, section.entry + kNameBytes, section.offset, section.offset + section.size}) {
      for (const std::size_t size : {edge - 1, edge, edge + 1}) sizes.push_back(size);
    }
  }
  std::ranges::sort(sizes);
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  for (const std::size_t size : sizes) {
    if (size >= good.size()) continue;
    add_archive_case(
        "cut_to_" + std::to_string(size), [good, size] { return good.substr(0, size); }, Opens::kNever);
    // Cut, and the header says so: nothing but the table and the digest can tell.
    if (size < 64) continue;
    add_archive_case(
        "cut_and_resized_to_" + std::to_string(size),
        [good, size] {
          std::string bytes = good.substr(0, size);
          put<std::uint64_t>(bytes, 16, size);
          return bytes;
        },
        Opens::kPerhaps);
  }
  add_archive_case(
      "longer", [good] { return good + "x"; }, Opens::kNever);
  add_archive_case(
      "twice", [good] { return good + good; }, Opens::kNever);
  add_archive_case(
      "zeros", [good] { return std::string(good.size(), '\0'); }, Opens::kNever);
  add_archive_case(
      "ones", [good] { return std::string(good.size(), '\xFF'); }, Opens::kNever);
}

void add_header(const std::string& good) {
  for (std::size_t at = 0; at < 24; ++at) {
    for (const int bit : {0, 3, 7}) {
      add_archive_case(
          "header_byte_" + std::to_string(at) + "_bit_" + std::to_string(bit),
          [good, at, bit] {
            std::string bytes = good;
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
            return bytes;
          },
          at < 12 || at >= 16 ? Opens::kNever : Opens::kPerhaps);
    }
  }
  for (const std::uint32_t count : {0U, 1U, 6U, 64U, 65U, 1000U, 0x7fffffffU, 0x80000000U, 0xffffffffU}) {
    add_archive_case(
        "sections_" + std::to_string(count),
        [good, count] {
          std::string bytes = good;
          put(bytes, 12, count);
          return bytes;
        },
        Opens::kNever);
  }
}

void add_table(const std::string& good) {
  const std::vector<std::uint64_t> lies = {0,
                                           1,
                                           63,
                                           64,
                                           65,
                                           1 << 20,
                                           std::uint64_t{1} << 32,
                                           std::uint64_t{1} << 62,
                                           std::uint64_t{1} << 63,
                                           ~std::uint64_t{0},
                                           ~std::uint64_t{0} - 63};
  for (const Section& section : sections_of(good)) {
    for (const std::uint64_t lie : lies) {
      for (const auto& [what, at] :
           {std::pair{"offset", section.entry + kNameBytes}, std::pair{"size", section.entry + kNameBytes + 8}}) {
        if (get<std::uint64_t>(good, at) == lie) continue;
        add_archive_case(
            "table_" + section.name + "_" + what + "_" + std::to_string(lie),
            [good, at = at, lie] {
              std::string bytes = good;
              put(bytes, at, lie);
              return bytes;
            },
            Opens::kNever);
      }
    }
    for (const std::string& name : {std::string(kNameBytes, 'a'), std::string("A"), std::string(),
                                    std::string("../etc"), std::string("\xFF\xFE"), std::string("card")}) {
      if (name == section.name) continue;
      add_archive_case(
          "table_" + section.name + "_named_" + std::to_string(hash64(name, 1) % 100000),
          [good, entry = section.entry, name] {
            std::string bytes = good;
            bytes.replace(entry, kNameBytes, name + std::string(kNameBytes - name.size(), '\0'));
            return bytes;
          },
          Opens::kNever);
    }
    add_archive_case(
        "section_" + section.name + "_filled_with_ones",
        [good, section] {
          std::string bytes = good;
          bytes.replace(section.offset, section.size, std::string(section.size, '\xFF'));
          return bytes;
        },
        Opens::kPerhaps);
    add_archive_case(
        "section_" + section.name + "_filled_with_zeros",
        [good, section] {
          std::string bytes = good;
          bytes.replace(section.offset, section.size, std::string(section.size, '\0'));
          return bytes;
        },
        Opens::kPerhaps, section.size == 0);
  }
}

// Every value of the card becomes every other type, and goes.
void add_cards() {
  for (const TaskKind kind : {TaskKind::kCategory, TaskKind::kTags}) {
    const json card = good_card(kind);
    const json flat = card.flatten();
    std::set<std::string> places = {"/labels", "/rule", "/ngrams", "/text_fields", "/labels/0", "/rule/tag_limits"};
    for (const auto& [place, value] : flat.items()) places.insert(place);
    const std::vector<std::pair<std::string, json>> values = {{"null", nullptr},
                                                              {"true", true},
                                                              {"minus", -1},
                                                              {"huge", 1e300},
                                                              {"huge_integer", 18446744073709551615ULL},
                                                              {"fraction", 0.5},
                                                              {"text", "x"},
                                                              {"list", json::array({1})},
                                                              {"object", {{"a", 1}}},
                                                              {"empty_text", ""},
                                                              {"empty_list", json::array()}};
    for (const std::string& place : places) {
      for (const auto& [name, value] : values) {
        json changed = card;
        changed[json::json_pointer(place)] = value;
        std::string safe = place;
        std::ranges::replace(safe, '/', '_');
        add_archive_case(
            "card_" + std::string(to_string(kind)) + safe + "_" + name,
            [kind, text = changed.dump()] { return with_card(kind, text); }, Opens::kPerhaps, true);
      }
    }
  }
  const auto add_text = [](const std::string& name, std::function<std::string()> text) {
    add_archive_case(
        "card_text_" + name, [text = std::move(text)] { return with_card(TaskKind::kCategory, text()); }, Opens::kNever,
        true);
  };
  const std::string text = good_card(TaskKind::kCategory).dump();
  for (std::size_t size = 0; size < text.size(); size += 11)
    add_text("cut_to_" + std::to_string(size), [text, size] { return text.substr(0, size); });
  add_text("deep", [] { return std::string(1'000'000, '['); });
  add_text("deep_objects", [] {
    std::string objects;
    for (int i = 0; i < 200'000; ++i) objects += "{\"a\":";
    return objects;
  });
  add_text("list", [] { return "[]"; });
  add_text("no_json", [] { return "model"; });
  add_text("number_out_of_range", [] { return "{\"model\":1e999}"; });
  for (const NamedBytes& broken : broken_utf8()) {
    add_text(broken.name, [text, bytes = broken.bytes] {
      std::string changed = text;
      changed.replace(changed.find("fruit"), 5, bytes);
      return changed;
    });
  }
  for (const std::string& kind :
       std::vector<std::string>{"", "linea", "linear ", "LINEAR", "bert", "../linear", "\xFF"}) {
    add_archive_case(
        "kind_" + std::to_string(hash64(kind, 2) % 100000),
        [kind] { return with_card(TaskKind::kCategory, kind, "kind"); }, Opens::kNever, true);
  }
}

// Numbers that no training writes, in the right place.
void add_numbers() {
  const float kBad[] = {std::numeric_limits<float>::quiet_NaN(),
                        std::numeric_limits<float>::infinity(),
                        -std::numeric_limits<float>::infinity(),
                        3e38F,
                        -3e38F,
                        1e-45F,
                        -1};
  for (const TaskKind kind : {TaskKind::kCategory, TaskKind::kTags}) {
    const std::string good = good_archive(kind);
    for (const Section& section : sections_of(good)) {
      if (section.name != "idf" && section.name != "scale" && section.name != "classes") continue;
      for (std::size_t i = 0; i < std::size(kBad); ++i) {
        add_archive_case(
            "numbers_" + section.name + "_" + std::string(to_string(kind)) + "_" + std::to_string(i),
            [good, section, value = kBad[i]] {
              std::string bytes = good;
              for (std::size_t at = 0; at + sizeof value <= section.size; at += sizeof value)
                put(bytes, section.offset + at, value);
              return bytes;
            },
            Opens::kPerhaps);
      }
    }
  }
}

void add_flips(const std::string& good) {
  Random random(1234);
  for (int i = 0; i < 150; ++i) {
    const std::size_t at = random.below(good.size()), bit = random.below(8);
    add_archive_case(
        "flip_" + std::to_string(i),
        [good, at, bit] {
          std::string bytes = good;
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
          return bytes;
        },
        Opens::kPerhaps);
  }
  for (int i = 0; i < 50; ++i) {
    const std::size_t at = random.below(good.size());
    const std::uint64_t seed = random.next();
    add_archive_case(
        "noise_" + std::to_string(i),
        [good, at, seed] {
          std::string bytes = good;
          Random noise(seed);
          for (std::size_t j = at; j < std::min(at + 200, bytes.size()); ++j)
            bytes[j] = static_cast<char>(noise.next());
          return bytes;
        },
        Opens::kPerhaps);
  }
}

}  // namespace

void add_archive_cases() {
  const std::string good = good_archive(TaskKind::kCategory);
  add_cuts(good);
  add_header(good);
  add_table(good);
  add_cards();
  add_numbers();
  add_flips(good);
}

}  // namespace aisle::abuse
