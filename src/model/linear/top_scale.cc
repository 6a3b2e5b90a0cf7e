#include "model/linear/top_scale.h"

#include <algorithm>
#include <cmath>

namespace aisle {
namespace {

constexpr float kLeast = 1e-6F;

}  // namespace

float log_odds(float p) {
  p = std::clamp(p, kLeast, 1 - kLeast);
  return std::log(p / (1 - p));
}

void apply(const TopScale& scale, std::span<float> p) {
  if (scale.slope == 1 && scale.offset == 0) return;
  std::size_t top = 0;
  float second = 0;
  for (std::size_t k = 1; k < p.size(); ++k) {
    if (p[k] > p[top]) {
      second = p[top];
      top = k;
    } else {
      second = std::max(second, p[k]);
    }
  }
  const float before = p[top];
  const float rest = std::max(1 - before, kLeast);
  // With g for the first, the second gets second * (1 - g) / rest: equal at second / (rest + second).
  const float least = second / (rest + second);
  const float after = std::max(1 / (1 + std::exp(-(scale.slope * log_odds(before) + scale.offset))), least);
  const float factor = (1 - after) / rest;
  for (float& one : p) one *= factor;
  p[top] = after;
}

}  // namespace aisle
