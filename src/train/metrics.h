// Counts answers as they stream by and turns the counts into measures (SPEC M9). Memory grows with the classes and
// the pairs of classes that are confused, not with the items. Every sum is exact, so the result depends neither on
// the order of the items nor on how they were shared between threads.
//
// Conventions: precision of a class that is never answered and recall of one that is never true are undefined (NaN);
// F1 = 2 right / (support + answered) is 0 for both and undefined only where a class neither occurs nor is answered.
// Undefined values are left out of averages. scikit-learn says the same with zero_division=nan.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/measures.h"
#include "domain/prediction.h"
#include "domain/task.h"

namespace aisle {

inline constexpr std::size_t kCalibrationBins = 15;
inline constexpr float kCalibratedTagFloor = 0.01F;  // tags: less probable labels are not counted in the calibration
inline constexpr std::size_t kTopRanks = 5;

// A sum of values in [0, 1] in units of 2^-53: the same whatever the order. Float32 values of at least 2^-29 are exact.
class ExactSum {
 public:
  void add(double value) { units_ += static_cast<std::int64_t>(value * 0x1.0p53 + 0.5); }
  void merge(const ExactSum& other) { units_ += other.units_; }
  double value() const { return static_cast<double>(units_) * 0x1.0p-53; }

 private:
  __int128 units_ = 0;
};

// Probabilities against what happened, in 15 equal bins (a, b] (Guo et al. 2017, "On Calibration of Modern Neural
// Networks"); 0 falls into the first.
class Reliability {
 public:
  void add(float probability, bool right);  // probability in [0, 1]
  void merge(const Reliability& other);
  double expected_error() const;  // NaN where nothing was added
  std::vector<CalibrationBin> bins() const;

 private:
  struct Bin {
    ExactSum probability;
    std::int64_t count = 0;
    std::int64_t right = 0;
  };
  std::array<Bin, kCalibrationBins> bins_{};
};

// What is known of each class: how often true, answered, and both.
class ClassCounts {
 public:
  explicit ClassCounts(std::size_t classes) : counts_(classes) {}
  // Classes of one item, sorted and distinct; indices past the end make room. Returns how many are in both.
  std::int64_t add(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> answer);
  void merge(const ClassCounts& other);

  double micro_f1() const;
  double macro_f1() const;
  double weighted_f1() const;
  // One row a class, by falling support, then by label. `labels` names every index.
  std::vector<ClassMeasures> table(std::span<const std::string> labels) const;

 private:
  struct Count {
    std::int64_t support = 0, predicted = 0, right = 0;
  };
  Count& at(std::uint32_t index);
  std::vector<Count> counts_;
};

// All measures of one evaluation. Not thread-safe: one a thread, merged at the end.
class Metrics {
 public:
  Metrics(TaskKind kind, std::size_t classes);

  // truth: class indices, sorted and distinct, exactly one for a category; an index >= classes is a label that the
  // model does not know. prediction: of decide() with top_k >= kTopRanks. probabilities: [classes], each in [0, 1].
  // Returns whether the answer is exactly right.
  bool add(std::span<const std::uint32_t> truth, const Prediction& prediction, std::span<const float> probabilities);
  void merge(const Metrics& other);

  std::int64_t items() const { return items_; }
  std::int64_t unknown() const { return unknown_; }  // items with a label that the model does not know
  Measures measures() const;
  std::vector<ClassMeasures> per_class(std::span<const std::string> labels) const { return classes_.table(labels); }
  // Category: cells that are not zero, by falling count, then by labels.
  std::vector<ConfusionCell> confusion(std::span<const std::string> labels) const;
  std::vector<CalibrationBin> reliability() const { return reliability_.bins(); }

 private:
  void add_category(std::uint32_t truth, const Prediction& prediction);
  void add_tags(std::span<const std::uint32_t> truth, std::span<const float> probabilities, std::int64_t both);
  double share(std::int64_t count) const;

  TaskKind kind_;
  std::size_t known_;
  ClassCounts classes_;
  Reliability reliability_;
  std::unordered_map<std::uint64_t, std::int64_t> confusion_;  // truth in the high 32 bits, answer in the low ones
  std::array<std::int64_t, kTopRanks> right_at_{};             // [r]: the truth stands at rank r
  ExactSum jaccard_;
  std::int64_t items_ = 0, unknown_ = 0;
  std::int64_t all_right_ = 0, any_right_ = 0;
  std::int64_t sure_ = 0, sure_right_ = 0, unanswered_ = 0;
  std::vector<std::uint32_t> answer_;  // scratch: what is selected, sorted
};

}  // namespace aisle
