// The last step of every model: scores to calibrated probabilities. What each number means and how it is fitted is in
// train/calibration.h.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "domain/task.h"
#include "model/linear/top_scale.h"

namespace aisle {

struct Calibration {
  std::vector<float> slope, offset;  // [K]: logit = slope * score + offset
  TopScale top;                      // category: applied last
};

// In place: scores become probabilities. z is padded (model/linear/kernels.h); z.size() >= K. A score that is no number
// counts as 0.
void apply(const Calibration& calibration, TaskKind kind, std::span<float> z);

}  // namespace aisle
