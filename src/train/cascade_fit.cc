#include "train/cascade_fit.h"

#include <algorithm>
#include <functional>

namespace aisle {
namespace {

class Counts {
 public:
  explicit Counts(std::size_t classes) : right_(classes), answered_(classes), support_(classes) {}

  void add_truth(std::span<const std::uint32_t> truth) {
    for (const std::uint32_t label : truth) ++support_[label];
  }
  void add(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> answer, int sign) {
    for (const std::uint32_t label : answer) {
      answered_[label] += sign;
      if (std::ranges::binary_search(truth, label)) right_[label] += sign;
    }
  }

  double score(TaskKind kind) const {
    double sum = 0, weight = 0, right = 0, all = 0;
    for (std::size_t k = 0; k < right_.size(); ++k) {
      const double both = answered_[k] + support_[k];
      sum += both > 0 ? support_[k] * 2 * right_[k] / both : 0;
      weight += support_[k];
      right += right_[k];
      all += both;
    }
    if (kind == TaskKind::kCategory) return weight > 0 ? sum / weight : 0;
    return all > 0 ? 2 * right / all : 0;
  }

 private:
  std::vector<double> right_, answered_, support_;
};

}  // namespace

CascadeLimit fit_cascade_limit(std::vector<CascadeItem> items, std::size_t classes, TaskKind kind, double max_loss) {
  std::ranges::stable_sort(items, std::greater<>(), &CascadeItem::confidence);
  Counts counts(classes);
  for (const CascadeItem& item : items) {
    counts.add_truth(item.truth);
    counts.add(item.truth, item.second, 1);
  }
  CascadeLimit found;
  found.score = found.second_score = counts.score(kind);
  for (std::size_t i = 0; i < items.size() && items[i].confidence >= 0; ++i) {
    counts.add(items[i].truth, items[i].second, -1);
    counts.add(items[i].truth, items[i].first, 1);
    if (i + 1 < items.size() && items[i + 1].confidence == items[i].confidence) continue;
    const double score = counts.score(kind);
    if (score < found.second_score - max_loss) break;
    found.limit = items[i].confidence;
    found.share = static_cast<double>(i + 1) / static_cast<double>(items.size());
    found.score = score;
  }
  return found;
}

}  // namespace aisle
