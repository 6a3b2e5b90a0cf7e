#include "train/metrics.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace aisle {
namespace {

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : kUndefined;
}

double ratio(std::int64_t part, std::int64_t whole) {
  return ratio(static_cast<double>(part), static_cast<double>(whole));
}

double f1_of(std::int64_t right, std::int64_t support, std::int64_t predicted) {
  return ratio(2 * right, support + predicted);
}

}  // namespace

void Reliability::add(float probability, bool right) {
  const double place = std::ceil(static_cast<double>(probability) * kCalibrationBins) - 1;
  const auto index = static_cast<std::size_t>(std::clamp(place, 0.0, kCalibrationBins - 1.0));
  Bin& bin = bins_[index];
  bin.probability.add(probability);
  ++bin.count;
  bin.right += right ? 1 : 0;
}

void Reliability::merge(const Reliability& other) {
  for (std::size_t i = 0; i < bins_.size(); ++i) {
    bins_[i].probability.merge(other.bins_[i].probability);
    bins_[i].count += other.bins_[i].count;
    bins_[i].right += other.bins_[i].right;
  }
}

double Reliability::expected_error() const {
  double gaps = 0;
  std::int64_t count = 0;
  for (const Bin& bin : bins_) {
    gaps += std::abs(bin.probability.value() - static_cast<double>(bin.right));
    count += bin.count;
  }
  return ratio(gaps, static_cast<double>(count));
}

std::vector<CalibrationBin> Reliability::bins() const {
  std::vector<CalibrationBin> result;
  for (const Bin& bin : bins_) {
    const auto count = static_cast<double>(bin.count);
    result.push_back({ratio(bin.probability.value(), count), ratio(bin.right, bin.count), bin.count});
  }
  return result;
}

ClassCounts::Count& ClassCounts::at(std::uint32_t index) {
  if (index >= counts_.size()) counts_.resize(index + std::size_t{1});
  return counts_[index];
}

std::int64_t ClassCounts::add(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> answer) {
  for (const std::uint32_t label : truth) ++at(label).support;
  std::int64_t both = 0;
  for (const std::uint32_t label : answer) {
    Count& count = at(label);
    ++count.predicted;
    if (!std::binary_search(truth.begin(), truth.end(), label)) continue;
    ++count.right;
    ++both;
  }
  return both;
}

void ClassCounts::merge(const ClassCounts& other) {
  counts_.resize(std::max(counts_.size(), other.counts_.size()));
  for (std::size_t i = 0; i < other.counts_.size(); ++i) {
    counts_[i].support += other.counts_[i].support;
    counts_[i].predicted += other.counts_[i].predicted;
    counts_[i].right += other.counts_[i].right;
  }
}

double ClassCounts::micro_f1() const {
  Count sum;
  for (const Count& count : counts_) {
    sum.support += count.support;
    sum.predicted += count.predicted;
    sum.right += count.right;
  }
  return f1_of(sum.right, sum.support, sum.predicted);
}

double ClassCounts::macro_f1() const {
  double sum = 0;
  std::int64_t occurring = 0;
  for (const Count& count : counts_) {
    if (count.support + count.predicted == 0) continue;
    sum += f1_of(count.right, count.support, count.predicted);
    ++occurring;
  }
  return ratio(sum, static_cast<double>(occurring));
}

double ClassCounts::weighted_f1() const {
  double sum = 0;
  std::int64_t support = 0;
  for (const Count& count : counts_) {
    if (count.support == 0) continue;
    sum += static_cast<double>(count.support) * f1_of(count.right, count.support, count.predicted);
    support += count.support;
  }
  return ratio(sum, static_cast<double>(support));
}

std::vector<ClassMeasures> ClassCounts::table(std::span<const std::string> labels) const {
  std::vector<ClassMeasures> rows;
  rows.reserve(counts_.size());
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    const Count& count = counts_[i];
    rows.push_back({labels[i], count.support, count.predicted, ratio(count.right, count.predicted),
                    ratio(count.right, count.support), f1_of(count.right, count.support, count.predicted)});
  }
  std::sort(rows.begin(), rows.end(), [](const ClassMeasures& a, const ClassMeasures& b) {
    return a.support != b.support ? a.support > b.support : a.label < b.label;
  });
  return rows;
}

Metrics::Metrics(TaskKind kind, std::size_t classes) : kind_(kind), known_(classes), classes_(classes) {}

bool Metrics::add(std::span<const std::uint32_t> truth, const Prediction& prediction,
                  std::span<const float> probabilities) {
  answer_.clear();
  for (const LabelScore& score : prediction.labels) {
    if (score.selected) answer_.push_back(score.label);
  }
  std::sort(answer_.begin(), answer_.end());
  const std::int64_t both = classes_.add(truth, answer_);
  const bool right = std::ranges::equal(truth, answer_);

  ++items_;
  unknown_ += !truth.empty() && truth.back() >= known_ ? 1 : 0;
  all_right_ += right ? 1 : 0;
  any_right_ += both > 0 ? 1 : 0;
  unanswered_ += answer_.empty() ? 1 : 0;
  if (prediction.decision == Decision::kSure) {
    ++sure_;
    sure_right_ += right ? 1 : 0;
  }
  if (kind_ == TaskKind::kCategory) {
    add_category(truth.front(), prediction);
  } else {
    add_tags(truth, probabilities, both);
  }
  return right;
}

void Metrics::add_category(std::uint32_t truth, const Prediction& prediction) {
  if (prediction.labels.empty()) return;
  const LabelScore& top = prediction.labels.front();
  ++confusion_[std::uint64_t{truth} << 32 | top.label];
  reliability_.add(top.probability, top.label == truth);
  const std::size_t ranks = std::min(prediction.labels.size(), kTopRanks);
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    if (prediction.labels[rank].label == truth) ++right_at_[rank];
  }
}

void Metrics::add_tags(std::span<const std::uint32_t> truth, std::span<const float> probabilities, std::int64_t both) {
  const auto either = static_cast<std::int64_t>(truth.size() + answer_.size()) - both;
  jaccard_.add(either == 0 ? 1.0 : ratio(both, either));
  for (std::size_t label = 0; label < probabilities.size(); ++label) {
    if (probabilities[label] < kCalibratedTagFloor) continue;
    reliability_.add(probabilities[label], std::binary_search(truth.begin(), truth.end(), label));
  }
}

void Metrics::merge(const Metrics& other) {
  classes_.merge(other.classes_);
  reliability_.merge(other.reliability_);
  for (const auto& [pair, count] : other.confusion_) confusion_[pair] += count;
  for (std::size_t i = 0; i < right_at_.size(); ++i) right_at_[i] += other.right_at_[i];
  jaccard_.merge(other.jaccard_);
  items_ += other.items_;
  unknown_ += other.unknown_;
  all_right_ += other.all_right_;
  any_right_ += other.any_right_;
  sure_ += other.sure_;
  sure_right_ += other.sure_right_;
  unanswered_ += other.unanswered_;
}

double Metrics::share(std::int64_t count) const {
  return ratio(count, items_);
}

Measures Metrics::measures() const {
  Measures result;
  result.micro_f1 = classes_.micro_f1();
  result.macro_f1 = classes_.macro_f1();
  result.weighted_f1 = classes_.weighted_f1();
  result.coverage = share(sure_);
  result.no_prediction = share(unanswered_);
  result.expected_calibration_error = reliability_.expected_error();
  if (kind_ == TaskKind::kTags) {
    result.jaccard = ratio(jaccard_.value(), static_cast<double>(items_));
    result.any_right = share(any_right_);
    result.all_right = share(all_right_);
    return result;
  }
  result.accuracy = share(all_right_);
  result.sure_precision = ratio(sure_right_, sure_);
  std::int64_t within = 0;
  for (std::size_t rank = 0; rank < std::min(known_, kTopRanks); ++rank) {
    within += right_at_[rank];
    result.top_k_accuracy.push_back(share(within));
  }
  return result;
}

std::vector<ConfusionCell> Metrics::confusion(std::span<const std::string> labels) const {
  std::vector<ConfusionCell> cells;
  cells.reserve(confusion_.size());
  for (const auto& [pair, count] : confusion_) cells.push_back({labels[pair >> 32], labels[pair & 0xffffffff], count});
  std::sort(cells.begin(), cells.end(), [](const ConfusionCell& a, const ConfusionCell& b) {
    return std::tie(b.count, a.truth, a.answer) < std::tie(a.count, b.truth, b.answer);
  });
  return cells;
}

}  // namespace aisle
