#include <algorithm>

#include "model/classifier.h"

namespace aisle {
namespace {

bool stronger(const LabelScore& a, const LabelScore& b) {
  return a.probability > b.probability || (a.probability == b.probability && a.label < b.label);
}

}  // namespace

void decide(const ModelCard& card, std::span<const float> probabilities, std::size_t top_k, Prediction& out,
            bool known) {
  const bool tags = card.kind == TaskKind::kTags;
  std::size_t selected = 0;
  out.labels.resize(probabilities.size());
  for (std::size_t k = 0; k < probabilities.size(); ++k) {
    const float probability = probabilities[k] > 0 ? probabilities[k] : 0;  // not a number counts as 0
    const bool passes = known && tags && k < card.rule.tag_limits.size() && probability >= card.rule.tag_limits[k];
    out.labels[k] = {static_cast<std::uint32_t>(k), probability, passes};
    selected += passes ? 1 : 0;
  }
  // Limits differ between tags: a selected one may be weaker than others that are not.
  const auto first_rest = tags ? std::partition(out.labels.begin(), out.labels.end(),
                                                [](const LabelScore& score) { return score.selected; })
                               : out.labels.begin();
  const std::size_t kept = std::min(std::max(top_k, selected), out.labels.size());
  const auto end = out.labels.begin() + static_cast<std::ptrdiff_t>(kept);
  std::partial_sort(first_rest, end, out.labels.end(), stronger);
  std::sort(out.labels.begin(), end, stronger);
  out.labels.erase(end, out.labels.end());
  if (!tags && !out.labels.empty()) out.labels.front().selected = true;
  const bool sure = tags ? selected > 0 : !out.labels.empty() && out.labels.front().probability >= card.rule.sure_limit;
  out.decision = known && sure ? Decision::kSure : Decision::kUnsure;
  out.members.clear();
}

void decide(const ModelCard& card, std::span<const float> probabilities, std::size_t top_k, Prediction& out, bool known,
            const Worker& worker, std::size_t item) {
  decide(card, probabilities, top_k, out, known);
  const std::span<const MemberAnswer> members = worker.members_of(item);
  out.members.assign(members.begin(), members.end());
}

}  // namespace aisle
