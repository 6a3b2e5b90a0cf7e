#include "model/linear/top_scale.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

namespace aisle {
namespace {

TEST(TopScale, M10_GivesTheFirstItsOddsAndTheOthersTheRest) {
  std::vector<float> p = {0.1F, 0.6F, 0.3F};
  apply({0.5F, 0.8F, 0.2F}, p);
  EXPECT_NEAR(p[1], 1 / (1 + std::exp(-(0.5 * std::log(0.6) - 0.8 * std::log(0.4) + 0.2))), 1e-6);
  EXPECT_NEAR(p[0] / p[2], 1.0 / 3, 1e-5);
  EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0F), 1, 1e-6);
}

TEST(TopScale, M10_KeepsTheFirstFirst) {
  std::vector<float> p = {0.34F, 0.33F, 0.33F};
  apply({1, 1, -5}, p);
  EXPECT_GE(p[0], p[1]);
  EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0F), 1, 1e-6);
}

TEST(TopScale, SlopesOfOneChangeNothing) {
  for (const float p : {0.01F, 0.3F, 0.6F, 0.99F}) EXPECT_NEAR(scaled({}, p), p, 1e-6);
}

TEST(TopScale, CertainAnswersStayFinite) {
  std::vector<float> p = {1, 0, 0};
  apply({2, 2, 3}, p);
  for (const float one : p) EXPECT_TRUE(std::isfinite(one));
  EXPECT_GT(p[0], 0.999F);
}

}  // namespace
}  // namespace aisle
