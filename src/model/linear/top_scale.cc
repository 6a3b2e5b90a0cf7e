#include "model/linear/top_scale.h"

#include <algorithm>
#include <cmath>

namespace aisle {
namespace {

constexpr float kLeast = 1e-6F;

}  // namespace

TopFeatures top_features(float p) {
  p = std::clamp(p, kLeast, 1 - kLeast);
  return {std::log(p), -std::log(1 - p)};
}

float log_odds(float p) {
  const TopFeatures features = top_features(p);
  return features.log_p + features.log_rest;
}

float scaled(const TopScale& scale, float p) {
  const TopFeatures features = top_features(p);
  return 1 / (1 + std::exp(-(scale.slope * features.log_p + scale.rest_slope * features.log_rest + scale.offset)));
}

void apply(const TopScale& scale, std::span<float> p) {
  if (scale.slope == 1 && scale.rest_slope == 1 && scale.offset == 0) return;
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
  const float after = std::max(scaled(scale, before), least);
  const float factor = (1 - after) / rest;
  for (float& one : p) one *= factor;
  p[top] = after;
}

}  // namespace aisle
