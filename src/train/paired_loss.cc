#include "train/paired_loss.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <vector>

namespace aisle {
namespace {

using Labels = std::span<const std::uint32_t>;

// The measure of some answers as a mean of one value an item.
class ItemValues {
 public:
  ItemValues(std::size_t classes, TaskKind kind)
      : kind_(kind), right_(classes), answered_(classes), support_(classes), f1_(classes), weight_(classes) {}

  void add(Labels truth, Labels answer) {
    ++items_;
    for (const std::uint32_t label : truth) ++support_[label];
    for (const std::uint32_t label : answer) ++answered_[label];
    for (const std::uint32_t label : answer) right_[label] += std::ranges::binary_search(truth, label) ? 1 : 0;
  }

  // After the last add().
  void settle() {
    double right = 0, all = 0, sum = 0;
    for (std::size_t k = 0; k < right_.size(); ++k) {
      const double both = answered_[k] + support_[k];
      f1_[k] = both > 0 ? 2 * right_[k] / both : 0;
      weight_[k] = both > 0 ? support_[k] / both : 0;
      sum += support_[k] * f1_[k];
      right += right_[k];
      all += both;
    }
    labels_an_item_ = all / items_;
    score_ = kind_ == TaskKind::kCategory ? sum / items_ : all > 0 ? 2 * right / all : 0;
  }

  double score() const { return score_; }
  // What one right label more adds to the sum of all values, about.
  double unit() const { return kind_ == TaskKind::kCategory || labels_an_item_ == 0 ? 1 : 2 / labels_an_item_; }

  double value(Labels truth, Labels answer) const {
    return kind_ == TaskKind::kCategory ? category(truth, answer) : tags(truth, answer);
  }

 private:
  // Of the sum over labels of support * 2 right / (answered + support).
  double category(Labels truth, Labels answer) const {
    double value = 0;
    for (const std::uint32_t label : truth) value += f1_[label] * (1 - weight_[label]);
    for (const std::uint32_t label : answer) {
      const double right = std::ranges::binary_search(truth, label) ? 2 : 0;
      value += weight_[label] * (right - f1_[label]);
    }
    return value;
  }

  // Of 2 right / (answered + support), over all labels.
  double tags(Labels truth, Labels answer) const {
    if (labels_an_item_ == 0) return 0;
    const auto right = static_cast<double>(
        std::ranges::count_if(answer, [&](std::uint32_t label) { return std::ranges::binary_search(truth, label); }));
    const auto both = static_cast<double>(truth.size() + answer.size());
    return score_ + (2 * right - score_ * both) / labels_an_item_;
  }

  TaskKind kind_;
  std::vector<double> right_, answered_, support_, f1_, weight_;  // [K]
  double items_ = 0, labels_an_item_ = 0, score_ = 0;
};

}  // namespace

PairedLoss bound_loss(std::span<const PairedAnswers> items, std::size_t classes, TaskKind kind) {
  if (items.empty()) return {0, 0, 1};
  ItemValues own(classes, kind), other(classes, kind);
  for (const PairedAnswers& item : items) {
    own.add(item.truth, item.own);
    other.add(item.truth, item.other);
  }
  own.settle();
  other.settle();
  const auto count = static_cast<double>(items.size());
  const double loss = other.score() - own.score(), unit = other.unit();
  std::unordered_map<std::uint64_t, double> of_key;
  for (const PairedAnswers& item : items)
    of_key[item.key] += other.value(item.truth, item.other) - own.value(item.truth, item.own) - loss;
  double squares = unit * unit;
  for (const auto& [key, sum] : of_key) squares += sum * sum;
  return {own.score(), other.score(), loss + (unit + kSureness * std::sqrt(squares)) / count};
}

}  // namespace aisle
