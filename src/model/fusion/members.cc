#include "model/fusion/members.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <tuple>

#include "core/clock.h"
#include "core/error.h"
#include "core/files.h"
#include "model/card_json.h"
#include "model/frozen/frozen_card.h"

namespace aisle {
namespace {

std::string section_of(std::size_t member) {
  return "member." + std::to_string(member);
}

void check_depth(std::size_t depth) {
  if (depth > kDeepestFile) throw Error(ErrorCode::kCorrupt, "the model file has models in models in models");
}

[[noreturn]] void refuse(std::size_t member, const std::string& what) {
  throw Error(ErrorCode::kCorrupt, "the model file's member " + std::to_string(member) + " " + what);
}

void check_fits(const ModelCard& card, const ModelCard& own, std::size_t member) {
  if (own.kind != card.kind || own.text_fields != card.text_fields) refuse(member, "is of another kind of task");
  if (!std::ranges::equal(own.labels, card.labels, {}, &LabelInfo::label, &LabelInfo::label))
    refuse(member, "has other labels");
}

void collect_encoders(const Archive& archive, std::size_t depth, std::vector<EncoderInfo>& encoders) {
  check_depth(depth);
  const std::span<const std::byte> card = archive.section(kCardSection);
  if (parse_card(card).contains("encoder")) encoders.push_back(frozen_card_from_json(card).encoder);
  for (std::size_t i = 0; archive.has(section_of(i)); ++i)
    collect_encoders(Archive::parse(member_file(archive, i)), depth + 1, encoders);
}

}  // namespace

void write_fused_file(FusedFile& file, const std::filesystem::path& path) {
  std::vector<MappedFile> members;
  for (const std::filesystem::path& member : file.members) members.emplace_back(member);
  file.sections.add(kKindSection, std::as_bytes(std::span(file.kind)));
  file.sections.add(kCardSection, std::as_bytes(std::span(file.card)));
  for (std::size_t i = 0; i < members.size(); ++i) file.sections.add(section_of(i), members[i].bytes());
  file.sections.write(path);
}

std::vector<std::shared_ptr<const Classifier>> open_members(const Archive& archive, const ModelCard& card,
                                                            std::size_t count, EncoderSource& encoders,
                                                            std::size_t depth) {
  check_depth(depth + 1);
  std::vector<std::shared_ptr<const Classifier>> members;
  for (std::size_t i = 0; i < count; ++i) {
    members.push_back(open_classifier(Archive::parse(member_file(archive, i)), encoders, depth + 1));
    check_fits(card, members.back()->card(), i);
  }
  return members;
}

std::span<const std::byte> member_file(const Archive& archive, std::size_t member) {
  return archive.section(section_of(member));
}

std::vector<EncoderInfo> read_encoders(const std::filesystem::path& path) {
  std::vector<EncoderInfo> encoders;
  collect_encoders(Archive::open(path), 0, encoders);
  return encoders;
}

MemberSeat::MemberSeat(const Classifier& model, std::uint32_t number)
    : number_(number), classes_(model.card().labels.size()), worker_(model.new_worker()) {}

void MemberSeat::ask(std::span<const ItemView> items) {
  probabilities_.resize(items.size() * classes_);
  known_.resize(items.size());
  if (items.empty()) return;
  const Stopwatch watch;
  worker_->probabilities_of(items, probabilities_, known_);
  milliseconds_ = watch.seconds() * 1e3 / static_cast<double>(items.size());
}

MemberAnswer MemberSeat::answer(std::size_t item) const {
  MemberAnswer answer{number_, known(item), 0, 0, milliseconds_};
  if (!answer.known) return answer;
  const std::span<const float> all = probabilities(item);
  const auto best = std::ranges::max_element(all);
  answer.label = static_cast<std::uint32_t>(best - all.begin());
  answer.probability = *best;
  return answer;
}

void merge_evidence(std::vector<Evidence>& evidence, std::size_t limit) {
  const auto name = [](const Evidence& one) { return std::tie(one.field, one.text); };
  std::ranges::stable_sort(evidence, {}, name);
  std::vector<Evidence> merged;
  for (Evidence& one : evidence) {
    if (!merged.empty() && name(merged.back()) == name(one)) {
      merged.back().weight += one.weight;
    } else {
      merged.push_back(std::move(one));
    }
  }
  std::ranges::stable_sort(merged, std::greater<>(), [](const Evidence& one) { return std::abs(one.weight); });
  if (merged.size() > limit) merged.resize(limit);
  evidence = std::move(merged);
}

}  // namespace aisle
