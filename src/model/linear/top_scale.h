// The last step of a category's calibration: how sure the first answer really is. Softmax with one temperature bends
// all answers alike; where near copies make some answers certain and rare labels make others doubtful, the first
// answer's odds need a slope of their own (top-label calibration: Gupta and Ramdas 2022; on the log odds: Platt 1999).
#pragma once

#include <span>

namespace aisle {

struct TopScale {
  float slope = 1;   // [0.05, 20]
  float offset = 0;  // [-20, 20]
};

// log(p / (1 - p)), p kept within [1e-6, 1 - 1e-6].
float log_odds(float p);

// Gives the largest of `p` the probability 1 / (1 + exp(-(slope * log_odds + offset))) and scales the others to what
// remains. The order stays: the first never falls below the second. p: [K], K >= 2, sums to 1.
void apply(const TopScale& scale, std::span<float> p);

}  // namespace aisle
