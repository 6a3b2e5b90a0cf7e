#include "train/cascade_trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/error.h"
#include "model/fusion/cascade_model.h"
#include "train/cascade_fit.h"
#include "train/fused_members.h"
#include "train/linear_fit.h"
#include "train/linear_rule.h"
#include "train/member_names.h"
#include "train/option_reader.h"

namespace aisle {
namespace {

const std::array<OptionSpec, 4> kSpecs = {{
    {"first", "linear",
     "the cheap model that answers where it is sure enough: KIND[:BACKBONE] or the number of a version; "
     "first.key=value sets one of its keys"},
    {"max_loss", "0.003",
     "how much of weighted F1 (tags: micro F1) the first model's answers may cost, on held-out items"},
    {"second", "weighted",
     "the dear model that is asked for the rest; second.key=value (second.members=...) sets one of its keys"},
    {"wanted_precision", "0.9", "what sure answers are to reach"},
}};

constexpr std::array<const char*, 2> kStages = {"first", "second"};

// The keys below a stage, without its name.
Parameters below(std::string_view stage, Settings set) {
  Parameters own;
  for (const auto& [key, value] : set) {
    if (key.starts_with(stage) && key.substr(stage.size(), 1) == ".")
      own.emplace_back(key.substr(stage.size() + 1), value);
  }
  return own;
}

[[noreturn]] void refuse_cascade(const std::string& name) {
  throw Error(ErrorCode::kInvalidArgument, "'" + name + "' is a cascade, and the two models of a cascade are none");
}

MemberName stage_name(const OptionReader& options, const char* stage) {
  MemberName name = parse_member(options.text(stage), stage);
  if (name.kind == kCascadeKind) refuse_cascade(name.text);
  return name;
}

// The labels that a model answers with, in order.
std::vector<std::uint32_t> answer_of(const ModelCard& card, std::span<const float> probabilities) {
  std::vector<std::uint32_t> labels;
  Prediction prediction;
  decide(card, probabilities, 1, prediction);
  for (const LabelScore& score : prediction.labels) {
    if (score.selected) labels.push_back(score.label);
  }
  std::ranges::sort(labels);
  return labels;
}

class CascadeRun {
 public:
  CascadeRun(const TrainRequest& request, const TrainCallbacks& callbacks)
      : request_(request),
        callbacks_(callbacks),
        options_(request.parameters, kSpecs),
        max_loss_(options_.number<double>("max_loss", 0, 1)),
        wanted_precision_(options_.number<double>("wanted_precision", 0.01, 1)),
        members_(request, callbacks),
        truth_(read_truth(request, callbacks)) {}

  void run() {
    for (const char* stage : kStages) {
      const MemberName name = stage_name(options_, stage);
      if (name.version > 0 && request_.supply->find_version(name.version).model == kCascadeKind)
        refuse_cascade(name.text);
      members_.add(name, below(stage, request_.parameters));
      cards_.push_back(read_model_card(members_.all().back().archive));
      check_labels(members_.all().back(), cards_.back().labels, truth_);
    }
    const HeldOutPanel panel(members_.all(), truth_.size(), classes());
    const CascadeLimit found = fit_cascade_limit(items_of(panel), classes(), kind(), max_loss_);
    callbacks_.progress.message(fmt::format(
        "the first model answers {:.1f} % of the held-out items; {} {:.4f}, the second alone {:.4f}", 100 * found.share,
        kind() == TaskKind::kTags ? "micro F1" : "weighted F1", found.score, found.second_score));
    finish(panel, found.limit);
  }

 private:
  std::size_t classes() const { return truth_.labels.size(); }
  TaskKind kind() const { return request_.task.kind; }

  std::vector<CascadeItem> items_of(const HeldOutPanel& panel) const {
    std::vector<CascadeItem> items;
    for (std::size_t i = 0; i < panel.size(); ++i) {
      const std::span<const std::uint8_t> known = panel.known(i);
      if (known[0] == 0 && known[1] == 0) continue;
      CascadeItem& item = items.emplace_back();
      const std::span<const std::uint32_t> truth = truth_.of(panel.items()[i]);
      item.truth.assign(truth.begin(), truth.end());
      std::ranges::sort(item.truth);
      item.confidence = known[0] != 0 ? confidence(kind(), panel.probabilities(i, 0)) : -1;
      if (known[0] != 0) item.first = answer_of(cards_[0], panel.probabilities(i, 0));
      item.second = known[1] != 0 ? answer_of(cards_[1], panel.probabilities(i, 1)) : item.first;
    }
    return items;
  }

  // As the model answers; those that are known first.
  HeldOutAnswers held_out_answers(const HeldOutPanel& panel, float limit) const {
    HeldOutAnswers answers;
    std::vector<std::uint32_t> unknown;
    for (std::size_t i = 0; i < panel.size(); ++i) {
      const std::span<const std::uint8_t> known = panel.known(i);
      if (known[0] == 0 && known[1] == 0) {
        unknown.push_back(panel.items()[i]);
        continue;
      }
      const bool sure = known[0] != 0 && confidence(kind(), panel.probabilities(i, 0)) >= limit;
      const std::span<const float> own = panel.probabilities(i, sure || known[1] == 0 ? 0 : 1);
      answers.items.push_back(panel.items()[i]);
      answers.probabilities.insert(answers.probabilities.end(), own.begin(), own.end());
    }
    answers.known.assign(answers.items.size(), 1);
    answers.items.insert(answers.items.end(), unknown.begin(), unknown.end());
    answers.known.resize(answers.items.size(), 0);
    answers.probabilities.resize(answers.items.size() * classes(), 0);
    return answers;
  }

  void finish(const HeldOutPanel& panel, float limit) {
    HeldOutAnswers answers = held_out_answers(panel, limit);
    const auto known = static_cast<std::size_t>(std::ranges::count(answers.known, 1));
    CascadeParts parts;
    parts.limit = limit;
    parts.first = members_.all()[0].archive;
    parts.second = members_.all()[1].archive;
    const std::vector<std::int64_t> counts = class_counts(truth_.all_labels(), classes());
    parts.prior = class_priors(counts, truth_.size(), kind());
    ModelCard& card = parts.card;
    card.model = kCascadeKind;
    card.kind = kind();
    card.text_fields = request_.task.text_fields;
    card.labels = truth_.labels.infos(request_.labels);
    for (std::size_t k = 0; k < classes(); ++k) card.labels[k].items = counts[k];
    for (const TrainedMember& member : members_.all()) card.members.push_back(member.name.text);
    for (std::size_t stage = 0; stage < 2; ++stage) {
      for (const std::string& name : cards_[stage].members)
        card.members.push_back(std::string(kStages[stage]) + "." + name);
    }
    card.rule =
        fit_decision(std::span(answers.probabilities).first(known * classes()),
                     truth_.labels_of(std::span(answers.items).first(known)), classes(), kind(), wanted_precision_);
    write_cascade_model(parts, request_.archive);
    if (callbacks_.on_held_out) callbacks_.on_held_out(std::move(answers));
  }

  const TrainRequest& request_;
  const TrainCallbacks& callbacks_;
  OptionReader options_;
  double max_loss_, wanted_precision_;
  FusedMembers members_;
  ItemTruth truth_;
  std::vector<ModelCard> cards_;
};

}  // namespace

std::string_view CascadeTrainer::kind() const {
  return kCascadeKind;
}

std::span<const OptionSpec> CascadeTrainer::options() const {
  return kSpecs;
}

Parameters CascadeTrainer::merge(std::span<const std::pair<std::string, std::string>> set,
                                 const std::string& prefix) const {
  Parameters own;
  for (const auto& one : set) {
    if (below("first", {&one, 1}).empty() && below("second", {&one, 1}).empty()) own.push_back(one);
  }
  Parameters merged = Trainer::merge(own, prefix);
  const OptionReader options(merged, kSpecs);
  Parameters all = merged;
  for (const char* stage : kStages) {
    const MemberName name = stage_name(options, stage);
    Parameters of_stage = below(stage, set);
    if (name.version > 0 && !of_stage.empty()) {
      throw Error(ErrorCode::kUsage, "version " + name.text + " is trained already: --set " + prefix + stage + "." +
                                         of_stage.front().first + " comes too late");
    }
    if (name.version > 0) continue;
    if (!name.backbone.empty()) of_stage.insert(of_stage.begin(), {"backbone", name.backbone});
    for (auto& [key, value] : find_trainer(name.kind).merge(of_stage, prefix + stage + "."))
      all.emplace_back(std::string(stage) + "." + key, value);
  }
  std::ranges::sort(all);
  return all;
}

void CascadeTrainer::train(const TrainRequest& request, const TrainCallbacks& callbacks) const {
  CascadeRun(request, callbacks).run();
}

}  // namespace aisle
