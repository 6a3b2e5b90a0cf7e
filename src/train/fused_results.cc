#include "train/fused_results.h"

#include <algorithm>
#include <utility>

#include "train/linear_fit.h"
#include "train/linear_rule.h"

namespace aisle {

void FusedAnswers::add(std::uint32_t item, std::span<const float> probabilities) {
  answers_.items.push_back(item);
  answers_.known.push_back(1);
  answers_.probabilities.insert(answers_.probabilities.end(), probabilities.begin(), probabilities.end());
}

HeldOutAnswers FusedAnswers::take(std::size_t classes) {
  answers_.items.insert(answers_.items.end(), unknown_.begin(), unknown_.end());
  answers_.known.resize(answers_.items.size(), 0);
  answers_.probabilities.resize(answers_.items.size() * classes, 0);
  return std::move(answers_);
}

std::vector<float> priors(const ItemTruth& truth, TaskKind kind) {
  return class_priors(class_counts(truth.all_labels(), truth.labels.size()), truth.size(), kind);
}

DecisionRule fit_rule(const HeldOutAnswers& answers, const ItemTruth& truth, TaskKind kind, double wanted_precision) {
  const auto known = static_cast<std::size_t>(std::ranges::count(answers.known, 1));
  const std::size_t classes = truth.labels.size();
  return fit_decision(std::span(answers.probabilities).first(known * classes),
                      truth.labels_of(std::span(answers.items).first(known)), classes, kind, wanted_precision);
}

ModelCard fused_card(const TrainRequest& request, const ItemTruth& truth, std::string_view kind,
                     const std::vector<TrainedMember>& members) {
  ModelCard card;
  card.model = kind;
  card.kind = request.task.kind;
  card.text_fields = request.task.text_fields;
  card.labels = truth.labels.infos(request.labels);
  const std::vector<std::int64_t> counts = class_counts(truth.all_labels(), truth.labels.size());
  for (std::size_t k = 0; k < counts.size(); ++k) card.labels[k].items = counts[k];
  for (const TrainedMember& member : members) {
    card.members.push_back(member.name.text);
    card.member_trainings.push_back({member.kind, member.parameters, member.seed});
  }
  return card;
}

}  // namespace aisle
