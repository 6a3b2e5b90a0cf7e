// What a model answers for one item.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace aisle {

enum class Decision { kSure, kUnsure };

// One proposed label; `label` indexes the model's list of labels.
struct LabelScore {
  std::uint32_t label = 0;
  float probability = 0;  // calibrated, [0, 1]
  bool selected = false;
};

// `labels` by falling probability: the top K, and for tags every selected one.
struct Prediction {
  std::vector<LabelScore> labels;
  Decision decision = Decision::kUnsure;
};

// A word or group of characters that spoke for or against a label.
struct Evidence {
  std::string field;
  std::string text;
  double weight = 0;  // in logits; positive: for the label
};

struct Explanation {
  std::uint32_t label = 0;
  std::vector<Evidence> evidence;  // strongest first
};

}  // namespace aisle
