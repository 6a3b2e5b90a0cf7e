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

// What one member of a fused model says of an item by itself.
struct MemberAnswer {
  std::uint32_t member = 0;  // indexes the model's list of members
  bool known = false;        // false: the item has nothing that the member reads, and there is no label
  std::uint32_t label = 0;   // its first label, of the fused model's list
  float probability = 0;     // calibrated by the member itself
  double milliseconds = 0;   // the item's share of the time that the member took for its batch
};

// `labels` by falling probability: the top K, and for tags every selected one.
struct Prediction {
  std::vector<LabelScore> labels;
  Decision decision = Decision::kUnsure;
  std::vector<MemberAnswer> members;  // those that were asked; none for a model without members
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
