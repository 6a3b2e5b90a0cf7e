// What an evaluation measures. NaN where a measure does not apply or is not defined; JSON shows it as null.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace aisle {

inline constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

struct Measures {
  double accuracy = kUndefined;  // category only
  double weighted_f1 = kUndefined;
  double macro_f1 = kUndefined;  // over the classes that occur in truth or answers
  double micro_f1 = kUndefined;
  double jaccard = kUndefined;    // mean over items of |truth and answer| / |truth or answer|
  double any_right = kUndefined;  // tags: share of items with at least one right tag
  double all_right = kUndefined;  // tags: share of items whose tags are exactly right
  double coverage = kUndefined;   // share of items with an answer that is sure
  double no_prediction = kUndefined;
  double sure_precision = kUndefined;  // category: accuracy of the sure answers
  double expected_calibration_error = kUndefined;
  std::vector<double> top_k_accuracy;  // category: [0] is top 1, up to top 5
};

struct ClassMeasures {
  std::string label;
  std::int64_t support = 0;    // items that truly have it
  std::int64_t predicted = 0;  // items answered with it
  double precision = kUndefined;
  double recall = kUndefined;
  double f1 = kUndefined;
};

// One bin of the reliability diagram.
struct CalibrationBin {
  double mean_probability = kUndefined;
  double accuracy = kUndefined;
  std::int64_t count = 0;
};

// An item that was answered wrongly, to be shown to people.
struct Mistake {
  std::string id;
  std::string text;  // the start of its texts
  std::vector<std::string> truth;
  std::vector<std::string> answer;
  double probability = 0;  // of the wrong answer
};

struct ConfusionCell {
  std::string truth;
  std::string answer;
  std::int64_t count = 0;
};

// The same items again with one kind of damage.
struct RobustnessRow {
  std::string what;  // "title missing", "typos in 5 % of the letters"
  std::int64_t items = 0;
  Measures measures;
};

struct Evaluation {
  std::int64_t items = 0;
  std::int64_t classes = 0;
  std::int64_t unknown_labels = 0;  // items with a label that the model does not know
  Measures measures;
  std::vector<ClassMeasures> per_class;     // by falling support
  std::vector<ConfusionCell> confusion;     // category: non-zero cells
  std::vector<CalibrationBin> reliability;  // 15 equal bins
  std::vector<Mistake> mistakes;            // the most confident ones first, at most 50
  std::vector<RobustnessRow> robustness;    // empty where it was not asked for
  double seconds = 0;                       // predicting alone
};

// Mean time of an answer; NaN where nothing was measured. The clock's time: with n threads, n items share it.
inline double microseconds_an_item(const Evaluation& evaluation) {
  return evaluation.items > 0 ? evaluation.seconds * 1e6 / static_cast<double>(evaluation.items) : kUndefined;
}

}  // namespace aisle
