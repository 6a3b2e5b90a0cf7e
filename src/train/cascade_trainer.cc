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
#include "train/fused_results.h"
#include "train/member_names.h"
#include "train/option_reader.h"
#include "train/paired_loss.h"

namespace aisle {
namespace {

const std::array<OptionSpec, 4> kSpecs = {{
    {"first", "linear",
     "the cheap model that answers where it is sure enough: KIND[:BACKBONE] or the number of a version; "
     "first.key=value sets one of its keys"},
    {"max_loss", "0.003",
     "how much of weighted F1 (tags: micro F1) the first model's answers may cost: held-out items must show it with 95 "
     "% "
     "certainty, and of 0.003 no fewer than 900 can"},
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

struct CascadeOptions {
  double max_loss = 0, wanted_precision = 0;
  std::vector<TrainedMember> stages;
};

CascadeOptions resolve(const TrainRequest& request) {
  const OptionReader read(request.parameters, kSpecs);
  CascadeOptions options{read.number<double>("max_loss", 0, 1), read.number<double>("wanted_precision", 0.01, 1), {}};
  for (const char* stage : kStages) {
    const MemberName name = stage_name(read, stage);
    options.stages.push_back(resolve_member(request, name, below(stage, request.parameters)));
    if (options.stages.back().kind == kCascadeKind) refuse_cascade(name.text);
    check_member(request, options.stages.back());
  }
  return options;
}

// The labels that a model answers with, in order.
std::vector<std::uint32_t> answer_of(const DecisionRule& rule, TaskKind kind, std::span<const float> probabilities) {
  ModelCard card;
  card.kind = kind;
  card.rule = rule;
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
        options_(resolve(request)),
        members_(request, callbacks, options_.stages),
        truth_(read_truth(request, callbacks)) {}

  void run() {
    members_.train(truth_);
    for (const TrainedMember& member : members_.all()) {
      cards_.push_back(read_model_card(member.archive));
      check_labels(member, cards_.back().labels, truth_);
    }
    const HeldOutPanel panel(members_.all(), truth_.size(), classes());
    const std::vector<CascadeItem> items = items_of(panel);
    std::vector<CascadeLimit> limits = fit_cascade_limits(items, classes(), kind(), options_.max_loss);
    // Served tags have limits of their own, fitted on the answers of both: what they cost is known only then.
    while (kind() == TaskKind::kTags && limits.size() > 1 && !holds(panel, items, limits.back())) limits.pop_back();
    tell(limits.back(), items.size());
    finish(panel, limits.back().limit);
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
      item.key = truth_.keys[panel.items()[i]];
      item.truth.assign(truth.begin(), truth.end());
      std::ranges::sort(item.truth);
      item.confidence = known[0] != 0 ? confidence(kind(), panel.probabilities(i, 0)) : -1;
      if (known[0] != 0) item.first = answer_of(cards_[0].rule, kind(), panel.probabilities(i, 0));
      item.second = known[1] != 0 ? answer_of(cards_[1].rule, kind(), panel.probabilities(i, 1)) : item.first;
    }
    return items;
  }

  // Whether the cascade with this limit, and the rule that it would have, keeps within the loss. items: the known ones
  // of the panel, in order, as held_out_answers() has them.
  bool holds(const HeldOutPanel& panel, const std::vector<CascadeItem>& items, CascadeLimit& limit) const {
    const HeldOutAnswers answers = held_out_answers(panel, limit.limit);
    const DecisionRule rule = fit_rule(answers, truth_, kind(), options_.wanted_precision);
    std::vector<std::vector<std::uint32_t>> served;
    for (std::size_t i = 0; i < items.size(); ++i)
      served.push_back(answer_of(rule, kind(), std::span(answers.probabilities).subspan(i * classes(), classes())));
    std::vector<PairedAnswers> pairs;
    for (std::size_t i = 0; i < items.size(); ++i)
      pairs.push_back({items[i].key, items[i].truth, served[i], items[i].second});
    const PairedLoss loss = bound_loss(pairs, classes(), kind());
    limit.score = loss.score;
    limit.bound = loss.bound;
    return loss.bound <= options_.max_loss;
  }

  void tell(const CascadeLimit& limit, std::size_t items) const {
    const char* measure = kind() == TaskKind::kTags ? "micro F1" : "weighted F1";
    if (limit.share > 0) {
      callbacks_.progress.message(fmt::format(
          "the first model answers {:.1f} % of {} held-out items; {} {:.4f}, the second alone {:.4f}: with 95 % "
          "certainty at most {:.4f} less",
          100 * limit.share, items, measure, limit.score, limit.second_score, std::max(limit.bound, 0.0)));
    } else {
      callbacks_.progress.message(
          fmt::format("the first model never answers: {} held-out items do not show that it costs at most {} of {} "
                      "(--set max_loss)",
                      items, options_.max_loss, measure));
    }
  }

  // As the model answers.
  HeldOutAnswers held_out_answers(const HeldOutPanel& panel, float limit) const {
    FusedAnswers answers;
    for (std::size_t i = 0; i < panel.size(); ++i) {
      const std::span<const std::uint8_t> known = panel.known(i);
      const bool sure = known[0] != 0 && confidence(kind(), panel.probabilities(i, 0)) >= limit;
      if (known[0] == 0 && known[1] == 0) {
        answers.add_unknown(panel.items()[i]);
      } else {
        answers.add(panel.items()[i], panel.probabilities(i, sure || known[1] == 0 ? 0 : 1));
      }
    }
    return answers.take(classes());
  }

  void finish(const HeldOutPanel& panel, float limit) {
    HeldOutAnswers answers = held_out_answers(panel, limit);
    CascadeParts parts{.card = fused_card(request_, truth_, kCascadeKind, members_.all()),
                       .limit = limit,
                       .prior = priors(truth_, kind()),
                       .first = members_.all()[0].archive,
                       .second = members_.all()[1].archive};
    for (std::size_t stage = 0; stage < 2; ++stage) {
      for (const std::string& name : cards_[stage].members)
        parts.card.members.push_back(std::string(kStages[stage]) + "." + name);
    }
    parts.card.rule = fit_rule(answers, truth_, kind(), options_.wanted_precision);
    write_cascade_model(parts, request_.archive);
    if (callbacks_.on_held_out) callbacks_.on_held_out(std::move(answers));
  }

  const TrainRequest& request_;
  const TrainCallbacks& callbacks_;
  CascadeOptions options_;
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

void CascadeTrainer::check(const TrainRequest& request) const {
  resolve(request);
}

void CascadeTrainer::train(const TrainRequest& request, const TrainCallbacks& callbacks) const {
  CascadeRun(request, callbacks).run();
}

}  // namespace aisle
