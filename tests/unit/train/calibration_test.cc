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

// Labels drawn from softmax(z); the logits given are z * temperature.
Synthetic draw(std::size_t items, std::size_t classes, double temperature) {
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
    made.labels.push_back(label);
  }
  return made;
}

TEST(Calibration, M10_FindsTheTemperature) {
  for (const double temperature : {0.5, 1.0, 3.0}) {
    const Synthetic made = draw(20'000, 5, temperature);
    EXPECT_NEAR(fit_temperature(made.logits, 5, made.labels) / temperature, 1, 0.05);
  }
  EXPECT_EQ(fit_temperature({}, 3, {}), 1);
}

struct Answers {
  std::vector<float> probabilities;
  std::vector<std::uint8_t> right;
};

// First answers between 0.2 and 1, right as often as `truth` says.
template <typename Truth>
Answers draw_answers(std::size_t items, Truth&& truth) {
  Random random(23);
  Answers made;
  for (std::size_t i = 0; i < items; ++i) {
    made.probabilities.push_back(static_cast<float>(0.2 + 0.8 * random.uniform()));
    made.right.push_back(random.uniform() < truth(made.probabilities.back()));
  }
  return made;
}

TEST(Calibration, M10_FindsTheMapOfTheFirstAnswer) {
  const TopScale made = {1.5F, 0.6F, 0.3F};
  const Answers answers = draw_answers(50'000, [&](float p) { return scaled(made, p); });
  const TopScale found = fit_top_scale(answers.probabilities, answers.right);
  for (const float p : {0.3F, 0.5F, 0.7F, 0.9F, 0.99F}) EXPECT_NEAR(scaled(found, p), scaled(made, p), 0.02) << p;
}

// A floor of wrong labels: however sure the answer, one in ten is wrong. One slope on the log odds cannot say that.
TEST(Calibration, M10_TheMapOfTheFirstAnswerKnowsWrongLabels) {
  const Answers answers = draw_answers(50'000, [](float p) { return 0.9 * static_cast<double>(p); });
  const TopScale found = fit_top_scale(answers.probabilities, answers.right);
  for (const float p : {0.3F, 0.5F, 0.7F, 0.9F, 0.97F}) EXPECT_NEAR(scaled(found, p), 0.9F * p, 0.03) << p;
}

TEST(Calibration, TheMapOfTheFirstAnswerAlwaysRises) {
  const Answers answers = draw_answers(5000, [](float p) { return 1 - static_cast<double>(p); });
  const TopScale found = fit_top_scale(answers.probabilities, answers.right);
  EXPECT_GE(found.slope, 0);
  EXPECT_GE(found.rest_slope, 0);
}

TEST(Calibration, FewItemsBendLittle) {
  const TopScale found = fit_top_scale(std::vector<float>{0.6F, 0.7F, 0.8F}, std::vector<std::uint8_t>{1, 1, 0});
  EXPECT_NEAR(found.slope, 1, 0.6);
  EXPECT_NEAR(found.rest_slope, 1, 0.6);
  const TopScale none = fit_top_scale(std::vector<float>{0.6F, 0.7F}, std::vector<std::uint8_t>{1, 1});
  EXPECT_EQ(none.slope, 1);
  EXPECT_EQ(none.offset, 0);
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
