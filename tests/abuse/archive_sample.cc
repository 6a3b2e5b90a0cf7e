#include "abuse/archive_sample.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "abuse/guarded_case.h"
#include "core/random.h"
#include "featurize/bucket_index.h"
#include "model/archive.h"
#include "model/classifier.h"
#include "model/linear/kernels.h"
#include "model/linear/linear_model.h"
#include "support/temporary_folder.h"

namespace aisle::abuse::archive {
namespace {

using nlohmann::json;

constexpr std::uint32_t kHashBits = 10;

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
  parts.card.calibration.slope = {1, 1, 1};
  parts.card.calibration.offset = {0, 0.1F, -0.1F};
  parts.prior = {0.4F, 0.3F, 0.3F};
  return parts;
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

}  // namespace

std::string good_archive(TaskKind kind) {
  const TemporaryFolder folder;
  write_linear_model(good_parts(kind), folder.path() / "model");
  return read_file(folder.path() / "model", 1 << 20);
}

std::vector<Section> sections_of(const std::string& bytes) {
  std::vector<Section> sections;
  for (std::size_t i = 0; i < get<std::uint32_t>(bytes, 12); ++i) {
    const std::size_t entry = kEntryBytes * (1 + i);
    sections.push_back({bytes.c_str() + entry, entry, get<std::uint64_t>(bytes, entry + kNameBytes),
                        get<std::uint64_t>(bytes, entry + kNameBytes + 8)});
  }
  return sections;
}

std::string with_card(TaskKind kind, const std::string& card, const char* section) {
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

void add_archive_case(const std::string& name, std::function<std::string()> make, Opens opens, bool digest_fits) {
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

}  // namespace aisle::abuse::archive
