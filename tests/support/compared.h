// How far a network's numbers are from the expected ones.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace aisle {

// The largest difference relative to the largest expected value; infinite where there are not as many numbers, or where
// one of them is none: a comparison with NaN would pass for a small difference.
inline double difference(const std::vector<float>& got, const std::vector<float>& expected) {
  double apart = 0, top = 0;
  bool comparable = got.size() == expected.size();
  for (std::size_t i = 0; comparable && i < got.size(); ++i) {
    comparable = std::isfinite(got[i]) && std::isfinite(expected[i]);
    apart = std::max(apart, std::abs(static_cast<double>(got[i]) - expected[i]));
    top = std::max(top, std::abs(static_cast<double>(expected[i])));
  }
  if (!comparable) return std::numeric_limits<double>::infinity();
  return top > 0 ? apart / top : apart;
}

// Of two vectors of one size; NaN, which is above no bound, where a number is none.
inline double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return std::numeric_limits<double>::quiet_NaN();
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += static_cast<double>(a[i]) * b[i];
    aa += static_cast<double>(a[i]) * a[i];
    bb += static_cast<double>(b[i]) * b[i];
  }
  return ab / std::sqrt(aa * bb);
}

}  // namespace aisle
