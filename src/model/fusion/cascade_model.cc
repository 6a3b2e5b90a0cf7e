#include "model/fusion/cascade_model.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "core/error.h"
#include "model/card_json.h"
#include "model/fusion/members.h"

namespace aisle {
namespace {

using nlohmann::json;

class CascadeModel final : public Classifier {
 public:
  CascadeModel(CascadeParts parts, Archive archive, EncoderSource& encoders, std::size_t depth)
      : parts_(std::move(parts)),
        archive_(std::move(archive)),
        members_(open_members(archive_, parts_.card, 2, encoders, depth)) {
    const std::span<const float> prior = archive_.values<float>("prior", parts_.card.labels.size());
    parts_.prior.assign(prior.begin(), prior.end());
    if (!std::ranges::all_of(parts_.prior, [](float value) { return value >= 0 && value <= 1; }))
      throw Error(ErrorCode::kCorrupt, "the model file's priors are no probabilities");
    std::size_t names = 2;
    for (const auto& member : members_) {
      if (member->card().model == kCascadeKind) refuse_card("it is a cascade of a cascade");
      parts_.card.reads_pictures = parts_.card.reads_pictures || member->card().reads_pictures;
      names += member->card().members.size();
    }
    if (parts_.card.members.size() != names) refuse_card("it does not name its members and theirs");
  }

  const ModelCard& card() const override { return parts_.card; }
  std::unique_ptr<Worker> new_worker() const override;
  std::size_t preferred_batch() const override {
    return std::max(members_[0]->preferred_batch(), members_[1]->preferred_batch());
  }
  // A first model that is itself faster in batches is no cheap one.
  bool answers_at_once() const override { return first().preferred_batch() == 1; }

  const Classifier& first() const { return *members_[0]; }
  const Classifier& second() const { return *members_[1]; }
  float limit() const { return parts_.limit; }
  std::span<const float> prior() const { return parts_.prior; }

 private:
  CascadeParts parts_;
  Archive archive_;  // the members stand in it
  std::vector<std::shared_ptr<const Classifier>> members_;
};

class CascadeWorker final : public Worker {
 public:
  explicit CascadeWorker(const CascadeModel& model)
      : model_(model), classes_(model.card().labels.size()), first_(model.first(), 0), second_(model.second(), 1) {}

  bool probabilities(const ItemView& item, std::span<float> out) override {
    std::uint8_t known = 0;
    probabilities_of({&item, 1}, out, {&known, 1});
    return known != 0;
  }

  void probabilities_of(std::span<const ItemView> items, std::span<float> out, std::span<std::uint8_t> known) override {
    first_.ask(items);
    rest_.clear();
    place_.assign(items.size(), kNotAsked);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (is_sure(i)) continue;
      place_[i] = rest_.size();
      rest_.push_back(items[i]);
    }
    second_.ask(rest_);
    for (std::size_t i = 0; i < items.size(); ++i) {
      const std::span<const float> answer = answer_of(i);
      known[i] = answer.empty() ? 0 : 1;
      std::ranges::copy(answer.empty() ? model_.prior() : answer, &out[i * classes_]);
    }
  }

  bool answer_at_once(const ItemView& item, std::span<float> out) override {
    if (!model_.answers_at_once()) return false;
    first_.ask({&item, 1});
    place_.assign(1, kNotAsked);
    if (!is_sure(0)) return false;
    std::ranges::copy(first_.probabilities(0), out.begin());
    return true;
  }

  void use_threads(std::size_t threads) override {
    first_.worker().use_threads(threads);
    second_.worker().use_threads(threads);
  }

  std::span<const MemberAnswer> members_of(std::size_t item) const override {
    answers_.assign(1, first_.answer(item));
    if (place_[item] != kNotAsked) answers_.push_back(second_.answer(place_[item]));
    const auto own = static_cast<std::uint32_t>(model_.first().card().members.size());
    append(first_.worker().members_of(item), 2);
    if (place_[item] != kNotAsked) append(second_.worker().members_of(place_[item]), 2 + own);
    return answers_;
  }

  Explanation explain(const ItemView& item, std::uint32_t label, std::size_t limit) override {
    first_.ask({&item, 1});
    if (is_sure(0)) return first_.worker().explain(item, label, limit);
    rest_.assign(1, item);
    second_.ask(rest_);
    place_.assign(1, 0);
    return (second_.known(0) ? second_ : first_).worker().explain(item, label, limit);
  }

 private:
  static constexpr std::size_t kNotAsked = SIZE_MAX;

  bool is_sure(std::size_t item) const {
    return first_.known(item) && confidence(model_.card().kind, first_.probabilities(item)) >= model_.limit();
  }

  // Empty where neither knows anything.
  std::span<const float> answer_of(std::size_t item) const {
    if (place_[item] != kNotAsked && second_.known(place_[item])) return second_.probabilities(place_[item]);
    return first_.known(item) ? first_.probabilities(item) : std::span<const float>();
  }

  void append(std::span<const MemberAnswer> members, std::uint32_t from) const {
    for (MemberAnswer answer : members) {
      answer.member += from;
      answers_.push_back(answer);
    }
  }

  const CascadeModel& model_;
  std::size_t classes_;
  MemberSeat first_, second_;
  std::vector<ItemView> rest_;      // what the second is asked
  std::vector<std::size_t> place_;  // [items]: in rest_
  mutable std::vector<MemberAnswer> answers_;
};

std::unique_ptr<Worker> CascadeModel::new_worker() const {
  return std::make_unique<CascadeWorker>(*this);
}

}  // namespace

float confidence(TaskKind kind, std::span<const float> probabilities) {
  if (kind == TaskKind::kCategory) return *std::ranges::max_element(probabilities);
  double sum = 0;
  for (const float p : probabilities) sum += std::log(std::max(p, 1 - p));
  return static_cast<float>(std::exp(sum));
}

void write_cascade_model(const CascadeParts& parts, const std::filesystem::path& path) {
  json card = card_to_json(parts.card);
  card["limit"] = parts.limit;
  FusedFile file{std::string(kCascadeKind), card.dump(), {}, {parts.first, parts.second}};
  file.sections.add("prior", std::span<const float>(parts.prior));
  write_fused_file(file, path);
}

std::shared_ptr<const Classifier> open_cascade_model(Archive archive, EncoderSource& encoders, std::size_t depth) {
  const json value = parse_card(archive.section(kCardSection));
  CascadeParts parts;
  parts.card = card_from_json(value);
  try {
    parts.limit = value.at("limit").get<float>();
  } catch (const json::exception& error) {
    refuse_card(error.what());
  }
  return std::make_shared<CascadeModel>(std::move(parts), std::move(archive), encoders, depth);
}

}  // namespace aisle
