// Calibration finds again what synthetic logits were made with.
#include "train/calibration.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"

namespace aisle {
namespace {

double normal(Random& random) {  // Box and Muller 1958
  return std::sqrt(-2 * std::log(1 - random.uniform())) * std::cos(6.283185307179586 * random.uniform());
}

struct Synthetic {
  std::vector<float> logits;
  std::vector<std::uint32_t> labels;
};

// Labels drawn from softmax(z), and with probability `floor` at random; the logits given are z * temperature.
Synthetic draw(std::size_t items, std::size_t classes, double temperature, double floor) {
  Random random(17);
  Synthetic made;
  for (std::size_t i = 0; i < items; ++i) {
    std::vector<double> p(classes);
    double sum = 0;
    for (double& one : p) {
      const double z = 2 * normal(random);
      made.logits.push_back(static_cast<float>(z * temperature));
      sum += one = std::exp(z);
    }
    double left = random.uniform() * sum;
    std::uint32_t label = 0;
    while (label + 1 < classes && left >= p[label]) left -= p[label++];
    made.labels.push_back(random.uniform() < floor ? static_cast<std::uint32_t>(random.below(classes)) : label);
  }
  return made;
}

TEST(Calibration, M10_FindsTheTemperature) {
  for (const double temperature : {0.5, 1.0, 3.0}) {
    const Synthetic made = draw(20'000, 5, temperature, 0);
    const SoftmaxCalibration found = fit_softmax_calibration(made.logits, 5, made.labels);
    EXPECT_NEAR(found.temperature / temperature, 1, 0.05);
    EXPECT_NEAR(found.floor, 0, 0.02);
  }
}

TEST(Calibration, M10_FindsTheFloorOfWrongLabels) {
  const Synthetic made = draw(20'000, 5, 2, 0.1);
  const SoftmaxCalibration found = fit_softmax_calibration(made.logits, 5, made.labels);
  EXPECT_NEAR(found.floor, 0.1, 0.02);
  EXPECT_NEAR(found.temperature, 2, 0.15);
}

TEST(Calibration, WithoutItemsChangesNothing) {
  const SoftmaxCalibration found = fit_softmax_calibration({}, 3, {});
  EXPECT_EQ(found.temperature, 1);
  EXPECT_EQ(found.floor, 0);
}

TEST(Calibration, FindsPlattsScale) {
  Random random(3);
  std::vector<float> logits;
  std::vector<std::uint8_t> truths;
  for (int i = 0; i < 20'000; ++i) {
    const double z = 2 * normal(random);
    logits.push_back(static_cast<float>(2 * z + 1));
    truths.push_back(random.uniform() < 1 / (1 + std::exp(-z)));
  }
  const PlattScale found = fit_platt(logits, truths);
  EXPECT_NEAR(found.slope, 0.5, 0.02);
  EXPECT_NEAR(found.offset, -0.5, 0.05);
  const std::vector<std::uint8_t> none(logits.size());
  EXPECT_EQ(fit_platt(logits, none).slope, 1);
}

TEST(Calibration, M10_SureLimitReachesTheWantedPrecision) {
  const std::vector<float> p = {0.9F, 0.8F, 0.7F, 0.6F, 0.5F, 0.4F};
  const std::vector<std::uint8_t> right = {1, 1, 0, 1, 0, 0};
  EXPECT_FLOAT_EQ(fit_sure_limit(p, right, 1.0), 0.8F);
  EXPECT_FLOAT_EQ(fit_sure_limit(p, right, 0.75), 0.6F);
  EXPECT_FLOAT_EQ(fit_sure_limit(p, right, 0.0), 0.4F);
  EXPECT_GT(fit_sure_limit(std::vector<float>{0.9F, 0.9F}, std::vector<std::uint8_t>{1, 0}, 0.9),
            1);  // equal ones stay together
  EXPECT_GT(fit_sure_limit({}, {}, 0.9), 1);
}

double micro_f1(std::span<const float> p, std::span<const std::uint8_t> truths, std::span<const float> limits) {
  double right = 0, answered = 0, all = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const bool selected = p[i] >= limits[i % limits.size()];
    right += selected && truths[i] != 0;
    answered += selected;
    all += truths[i];
  }
  return 2 * right / (answered + all);
}

TEST(Calibration, TagLimitsBeatAnyCommonLimit) {
  // Tag 0 is told by 0.3 and more, tag 1 only by 0.8 and more.
  Random random(8);
  std::vector<float> p;
  std::vector<std::uint8_t> truths;
  for (int i = 0; i < 4000; ++i) {
    for (const float limit : {0.3F, 0.8F}) {
      const auto one = static_cast<float>(random.uniform());
      p.push_back(one);
      truths.push_back((one >= limit) != (random.below(20) == 0));
    }
  }
  const std::vector<float> limits = fit_tag_limits(p, truths, 2);
  ASSERT_EQ(limits.size(), 2U);
  EXPECT_NEAR(limits[0], 0.3, 0.1);
  EXPECT_NEAR(limits[1], 0.8, 0.1);
  for (float common = 0.05F; common < 1; common += 0.05F) {
    EXPECT_GT(micro_f1(p, truths, limits), micro_f1(p, truths, std::vector<float>{common, common}));
  }
}

TEST(Calibration, TagsWithoutItemsHaveALimit) {
  EXPECT_EQ(fit_tag_limits({}, {}, 3).size(), 3U);
}

}  // namespace
}  // namespace aisle
