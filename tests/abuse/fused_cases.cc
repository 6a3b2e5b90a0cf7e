// Model files that hold model files: the inner ones broken, of another kind, too many, too deep, and cards that lie.
#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "abuse/archive_sample.h"
#include "abuse/read_case.h"
#include "core/files.h"
#include "core/random.h"
#include "model/archive.h"
#include "model/fusion/cascade_model.h"
#include "model/fusion/fusion_model.h"
#include "support/temporary_folder.h"

namespace aisle::abuse {
namespace {

using namespace archive;
using nlohmann::json;

constexpr std::size_t kLabels = 3;  // of the good archive

std::string bytes_of(const std::filesystem::path& path) {
  return read_file(path, 64 << 20);
}

ModelCard fused_card(std::string_view model, std::size_t members) {
  ModelCard card;
  card.model = model;
  card.text_fields = {"title", "body"};
  for (const char* label : {"fruit", "tool", "shoe"}) card.labels.push_back({label, label, 10});
  card.rule.sure_limit = 0.8F;
  for (std::size_t m = 0; m < members; ++m) card.members.push_back("m" + std::to_string(m));
  return card;
}

struct Fused {
  std::string_view model = kWeightedKind;
  std::size_t members = 2;
  std::vector<std::string> files = {};  // instead of good linear models
  float number = 0.5F;                  // weights and columns
};

std::string fused_archive(const Fused& fused) {
  const TemporaryFolder folder;
  FusionParts parts;
  parts.card = fused_card(fused.model, fused.members);
  parts.prior = {0.4F, 0.3F, 0.3F};
  const std::size_t columns = fused.members * kLabels;
  FusionCase& one = parts.cases.emplace_back();
  if (fused.model == kConcatKind) {
    one.dense.assign(kLabels * columns, fused.number);
    parts.columns = {std::vector<float>(columns, fused.number), std::vector<float>(fused.members, fused.number)};
  } else {
    one.weights.assign(fused.members, fused.number);
  }
  one.calibration.slope = {1, 1, 1};
  one.calibration.offset = {0, 0, 0};
  for (std::size_t m = 0; m < fused.members; ++m) {
    parts.members.push_back(folder.path() / std::to_string(m));
    std::ofstream(parts.members.back(), std::ios::binary)
        << (m < fused.files.size() ? fused.files[m] : good_archive(TaskKind::kCategory));
  }
  write_fusion_model(parts, folder.path() / "model");
  return bytes_of(folder.path() / "model");
}

std::string cascade_archive(const std::string& first, const std::string& second, float limit = 0.7F,
                            std::size_t named = 2) {
  const TemporaryFolder folder;
  CascadeParts parts{
      fused_card(kCascadeKind, named), limit, {0.4F, 0.3F, 0.3F}, folder.path() / "1", folder.path() / "2"};
  std::ofstream(parts.first, std::ios::binary) << first;
  std::ofstream(parts.second, std::ios::binary) << second;
  write_cascade_model(parts, folder.path() / "model");
  return bytes_of(folder.path() / "model");
}

// Another card in a file whose sections stay.
std::string with_fused_card(const std::string& good, const std::function<void(json&)>& change) {
  const TemporaryFolder folder;
  std::string card;
  ArchiveWriter writer;
  for (const Section& old : sections_of(good)) {
    if (old.name != "card") continue;
    json value = json::parse(good.substr(old.offset, old.size));
    change(value);
    card = value.dump();
  }
  for (const Section& old : sections_of(good)) {
    const std::string_view bytes =
        old.name == "card" ? std::string_view(card) : std::string_view(good).substr(old.offset, old.size);
    writer.add(old.name, std::as_bytes(std::span(bytes)));
  }
  writer.write(folder.path() / "model");
  return bytes_of(folder.path() / "model");
}

void add(const std::string& name, std::function<std::string()> make, Opens opens) {
  add_archive_case("fused_" + name, std::move(make), opens, true);
}

// What stands inside another file is checked as if it stood alone.
void add_broken_members() {
  const std::string good = good_archive(TaskKind::kCategory);
  for (const std::string_view model : {kWeightedKind, kAverageKind, kConcatKind}) {
    add(
        "good_" + std::string(model), [model] { return fused_archive({.model = model}); }, Opens::kPerhaps);
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{63}, std::size_t{64}, std::size_t{500}, good.size() - 1}) {
      add(
          std::string(model) + "_member_cut_to_" + std::to_string(size),
          [model, good, size] { return fused_archive({.model = model, .files = {good.substr(0, size)}}); },
          Opens::kNever);
    }
    add(
        std::string(model) + "_member_is_text",
        [model] { return fused_archive({.model = model, .files = {std::string(4096, 'x')}}); }, Opens::kNever);
    add(
        std::string(model) + "_member_of_tags",
        [model] { return fused_archive({.model = model, .files = {good_archive(TaskKind::kTags)}}); }, Opens::kNever);
    add(
        std::string(model) + "_member_with_other_labels",
        [model] {
          json card = good_card(TaskKind::kCategory);
          card["labels"][1]["label"] = "another";
          return fused_archive({.model = model, .files = {with_card(TaskKind::kCategory, card.dump())}});
        },
        Opens::kNever);
    add(
        std::string(model) + "_member_with_other_fields",
        [model] {
          json card = good_card(TaskKind::kCategory);
          card["text_fields"] = {"title", "summary"};
          return fused_archive({.model = model, .files = {with_card(TaskKind::kCategory, card.dump())}});
        },
        Opens::kNever);
  }
  Random random(77);
  const std::string fused = fused_archive({});
  for (int i = 0; i < 150; ++i) {
    const std::size_t at = random.below(fused.size()), bit = random.below(8);
    add_archive_case(
        "fused_flip_" + std::to_string(i),
        [fused, at, bit] {
          std::string bytes = fused;
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
          return bytes;
        },
        Opens::kPerhaps);
  }
}

void add_nests() {
  const std::string good = good_archive(TaskKind::kCategory);
  const std::string fused = fused_archive({});
  add(
      "cascade_of_a_fusion", [good, fused] { return cascade_archive(good, fused, 0.7F, 4); }, Opens::kPerhaps);
  add(
      "cascade_that_does_not_name_the_members_of_its_fusion", [good, fused] { return cascade_archive(good, fused); },
      Opens::kNever);
  add(
      "cascade_of_a_cascade", [good] { return cascade_archive(good, cascade_archive(good, good), 0.7F, 4); },
      Opens::kNever);
  add(
      "too_deep", [good, fused] { return cascade_archive(good, fused_archive({.files = {fused}}), 0.7F, 4); },
      Opens::kNever);
  add(
      "twenty_deep",
      [good] {
        std::string inner = good;
        for (int depth = 0; depth < 20; ++depth) inner = fused_archive({.files = {inner}});
        return inner;
      },
      Opens::kNever);
  for (const std::size_t members : {std::size_t{1}, std::size_t{17}, std::size_t{50}}) {
    add(
        std::to_string(members) + "_members", [members] { return fused_archive({.members = members}); }, Opens::kNever);
  }
}

void add_cards_and_numbers() {
  const float kBad[] = {
      std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -1, 3e38F, -3e38F, 1e-45F};
  for (std::size_t i = 0; i < std::size(kBad); ++i) {
    for (const std::string_view model : {kWeightedKind, kConcatKind}) {
      add(
          "numbers_" + std::string(model) + "_" + std::to_string(i),
          [model, number = kBad[i]] { return fused_archive({.model = model, .number = number}); }, Opens::kPerhaps);
    }
    add(
        "limit_" + std::to_string(i),
        [number = kBad[i]] {
          const std::string good = good_archive(TaskKind::kCategory);
          return cascade_archive(good, good, number);
        },
        Opens::kPerhaps);
  }
  const std::string fused = fused_archive({});
  const std::vector<std::pair<std::string, json>> lies = {
      {"null", nullptr},          {"number", 7},      {"text", "linear"}, {"empty", json::array()}, {"one", {"linear"}},
      {"three", {"a", "b", "c"}}, {"numbers", {1, 2}}};
  for (const char* key : {"members", "member_weights", "cases"}) {
    for (const auto& [what, value] : lies) {
      add(
          "card_" + std::string(key) + "_" + what,
          [fused, key, value = value] { return with_fused_card(fused, [&](json& card) { card[key] = value; }); },
          std::string_view(key) == "member_weights" ? Opens::kPerhaps : Opens::kNever);
    }
  }
  add(
      "card_with_a_thousand_members",
      [fused] {
        return with_fused_card(fused, [](json& card) { card["members"] = json(std::vector<std::string>(1000, "m")); });
      },
      Opens::kNever);
  add(
      "card_with_three_cases_for_one_kind_of_input",
      [fused] {
        return with_fused_card(fused, [](json& card) {
          card["cases"] = {card["cases"][0], card["cases"][0], card["cases"][0]};
        });
      },
      Opens::kNever);
}

}  // namespace

void add_fused_cases() {
  add_broken_members();
  add_nests();
  add_cards_and_numbers();
}

}  // namespace aisle::abuse
