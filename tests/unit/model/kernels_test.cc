#include "model/linear/kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/random.h"

namespace aisle::kernels {
namespace {

TEST(Kernels, SumsRowsLikeThePlainLoop) {
  Random random(5);
  for (const std::size_t stride : {16U, 32U, 64U, 80U, 144U}) {
    std::vector<float> rows(50 * stride), out(stride, 0.5F);
    std::vector<std::int8_t> small(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      small[i] = static_cast<std::int8_t>(static_cast<int>(random.below(255)) - 127);
      rows[i] = small[i];
    }
    std::vector<Feature> features;
    for (int i = 0; i < 30; ++i)
      features.push_back({static_cast<std::uint32_t>(random.below(50)), static_cast<float>(random.uniform())});
    std::vector<double> expected(stride, 0.5);
    for (const Feature& feature : features) {
      for (std::size_t k = 0; k < stride; ++k)
        expected[k] += static_cast<double>(feature.weight) * rows[feature.row * stride + k];
    }
    std::vector<float> other = out;
    accumulate(features, rows.data(), stride, out.data());
    accumulate(features, small.data(), stride, other.data());
    for (std::size_t k = 0; k < stride; ++k) {
      EXPECT_NEAR(out[k], expected[k], 1e-3);
      EXPECT_NEAR(other[k], expected[k], 1e-3);
    }
  }
}

TEST(Kernels, SoftmaxIsThatOfTheStandardLibrary) {
  Random random(6);
  for (const std::size_t count : {1U, 2U, 16U, 17U, 58U}) {
    std::vector<float> z(padded(count), 99);
    std::vector<double> expected(count);
    double sum = 0;
    for (std::size_t k = 0; k < count; ++k) {
      z[k] = static_cast<float>(40 * random.uniform() - 20);
      sum += expected[k] = std::exp(static_cast<double>(z[k]));
    }
    EXPECT_NEAR(softmax(z.data(), count), std::log(sum), 1e-4);
    for (std::size_t k = 0; k < count; ++k) EXPECT_NEAR(z[k], expected[k] / sum, 2e-6);
    for (std::size_t k = count; k < z.size(); ++k) EXPECT_EQ(z[k], 0);
  }
}

TEST(Kernels, SigmoidStaysInRangeForAnyLogit) {
  std::vector<float> z = {-1000, -87, -20, -1, -1e-3F, 0, 1e-3F, 0.5F, 1, 5, 20, 60, 87, 100, 1000, 1e30F};
  const std::vector<float> logits = z;
  sigmoid(z.data(), z.size());
  for (std::size_t k = 0; k < z.size(); ++k)
    EXPECT_NEAR(z[k], 1 / (1 + std::exp(-static_cast<double>(logits[k]))), 1e-6);
}

}  // namespace
}  // namespace aisle::kernels
