#include "train/cascade_fit.h"

#include <algorithm>
#include <functional>

#include "train/paired_loss.h"

namespace aisle {
namespace {

constexpr std::size_t kSteps = 50;

// One past the last item of a step, items by falling confidence: those that are as sure as its last belong to it, those
// of which the first knows nothing never.
std::size_t end_of(const std::vector<CascadeItem>& items, std::size_t step) {
  std::size_t end = items.size() * step / kSteps;
  while (end > 0 && items[end - 1].confidence < 0) --end;
  while (end > 0 && end < items.size() && items[end].confidence == items[end - 1].confidence) ++end;
  return end;
}

}  // namespace

std::vector<CascadeLimit> fit_cascade_limits(std::vector<CascadeItem> items, std::size_t classes, TaskKind kind,
                                             double max_loss) {
  std::ranges::stable_sort(items, std::greater<>(), &CascadeItem::confidence);
  std::vector<PairedAnswers> answers;
  for (const CascadeItem& item : items) answers.push_back({item.key, item.truth, item.second, item.second});
  const double alone = bound_loss(answers, classes, kind).score;
  std::vector<CascadeLimit> passed = {{.score = alone, .second_score = alone}};
  std::size_t begin = 0;
  for (std::size_t step = 1; step <= kSteps; ++step) {
    const std::size_t end = end_of(items, step);
    if (end == begin) continue;
    for (; begin < end; ++begin) answers[begin].own = items[begin].first;
    const PairedLoss loss = bound_loss(answers, classes, kind);
    if (loss.bound > max_loss) break;
    passed.push_back({.limit = items[end - 1].confidence,
                      .share = static_cast<double>(end) / static_cast<double>(items.size()),
                      .score = loss.score,
                      .second_score = alone,
                      .bound = loss.bound});
  }
  return passed;
}

}  // namespace aisle
