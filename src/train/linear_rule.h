// From held-out logits: the calibration and the decision rule of a linear model.
#pragma once

#include <vector>

#include "model/classifier.h"
#include "model/linear/top_scale.h"
#include "train/vocabulary.h"

namespace aisle {

struct LinearRule {
  std::vector<float> slope, offset;  // [K]
  TopScale top;
  DecisionRule rule;
};

// Held-out scores to calibrated probabilities, in place. [items, classes].
void calibrate(const LinearRule& rule, TaskKind kind, std::size_t classes, std::span<float> scores);

// The limits alone, from probabilities that need no more calibration: [items, classes].
DecisionRule fit_decision(std::span<const float> probabilities, const SparseSet& items, std::size_t classes,
                          TaskKind kind, double wanted_precision);

// logits: [items, classes]. Without items: no calibration, and nothing is sure.
LinearRule fit_linear_rule(std::span<const float> logits, const SparseSet& items, std::size_t classes, TaskKind kind,
                           double wanted_precision);

}  // namespace aisle
