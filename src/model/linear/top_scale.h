// The last step of a category's calibration: how sure the first answer really is. Softmax with one temperature bends
// all answers alike; where near copies make some answers certain, rare labels make others doubtful and some labels are
// simply wrong, the first answer needs a map of its own (top-label calibration: Gupta and Ramdas 2022), with one slope
// for the doubtful and one for the certain (beta calibration: Kull, Silva Filho, Flach 2017).
#pragma once

#include <span>

namespace aisle {

// Slopes of one and no offset change nothing.
struct TopScale {
  float slope = 1;       // of ln p: bends the doubtful; [0, 20]
  float rest_slope = 1;  // of -ln(1 - p): bends the certain; [0, 20]
  float offset = 0;      // [-20, 20]
};

// ln p and -ln(1 - p), p kept within [1e-6, 1 - 1e-6].
struct TopFeatures {
  float log_p = 0, log_rest = 0;
};
TopFeatures top_features(float p);

// log(p / (1 - p)), p kept within the same.
float log_odds(float p);

// 1 / (1 + exp(-(slope * ln p - rest_slope * ln(1 - p) + offset))): rises with p.
float scaled(const TopScale& scale, float p);

// Gives the largest of `p` its scaled probability and scales the others to what remains. The order stays: the first
// never falls below the second. p: [K], K >= 2, sums to 1.
void apply(const TopScale& scale, std::span<float> p);

}  // namespace aisle
