#include "train/dense_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "model/linear/kernels.h"
#include "train/lbfgs.h"
#include "train/precision_loss.h"

namespace aisle {
namespace {

const nlohmann::json& reference() {
  static const nlohmann::json kJson = nlohmann::json::parse(std::ifstream(AISLE_TEST_DATA "/dense_fit.json"));
  return kJson;
}

DenseSet reference_items() {
  const std::vector<float> rows = reference()["rows"];
  const std::vector<std::uint32_t> labels = reference()["labels"];
  DenseSet items{.dimension = reference()["dimension"]};
  for (std::size_t i = 0; i < labels.size(); ++i)
    items.add(std::span(rows).subspan(i * items.dimension, items.dimension), std::span(labels).subspan(i, 1));
  return items;
}

std::vector<float> probabilities(TaskKind kind, std::vector<float> logits, std::size_t classes) {
  std::vector<float> out, z(kernels::padded(classes));
  for (std::size_t i = 0; i < logits.size(); i += classes) {
    std::copy_n(&logits[i], classes, z.begin());
    kind == TaskKind::kCategory ? void(kernels::softmax(z.data(), classes)) : kernels::sigmoid(z.data(), z.size());
    out.insert(out.end(), z.begin(), z.begin() + static_cast<std::ptrdiff_t>(classes));
  }
  return out;
}

float largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  float most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

const CancelToken kNever;

TEST(DenseFit, M4_FindsTheSameOptimumAsScikitLearn) {
  const DenseSet items = reference_items();
  for (const auto& [kind, name] : {std::pair{TaskKind::kCategory, "category"}, {TaskKind::kTags, "tags"}}) {
    const DenseOptions options{.kind = kind, .classes = reference()["classes"]};
    for (const nlohmann::json& one : reference()["cases"]) {
      const DenseWeights weights = fit_dense(items, one["c"], options, {}, kNever);
      EXPECT_LT(largest_difference(probabilities(kind, score_dense(weights, items, 1), options.classes), one[name]),
                5e-3F)  // the loss is a sum of float32: it is flat before the gradient is 0
          << name << " with c " << one["c"];
    }
  }
}

TEST(DenseFit, M4_ThreadsAndAWarmStartChangeNothingThatMatters) {
  DenseSet items = reference_items();
  while (items.size() < 3000) {  // enough for several parts
    const std::vector<float> row(items.row(items.size() % 60).begin(), items.row(items.size() % 60).end());
    items.add(row, std::vector<std::uint32_t>{items.labels[items.size() % 60]});
  }
  const DenseOptions one{.classes = reference()["classes"]};
  DenseOptions three = one;
  three.threads = 3;
  const DenseWeights alone = fit_dense(items, 1, one, {}, kNever);
  EXPECT_EQ(alone.values, fit_dense(items, 1, three, {}, kNever).values);
  const DenseWeights warm = fit_dense(items, 1, one, fit_dense(items, 0.1, one, {}, kNever), kNever);
  EXPECT_LT(largest_difference(probabilities(one.kind, score_dense(alone, items, 1), one.classes),
                               probabilities(one.kind, score_dense(warm, items, 2), one.classes)),
            2e-3F);
}

TEST(DenseFit, M8_IsCancelled) {
  CancelToken cancel;
  cancel.cancel();
  EXPECT_THROW(fit_dense(reference_items(), 1, {.classes = 4}, {}, cancel), Error);
}

// Rosenbrock's valley: its only minimum is 0 at (1, 1).
TEST(Lbfgs, FindsTheEndOfACurvedValley) {
  std::vector<float> x{-1.2F, 1};
  const auto valley = [](std::span<const float> at, std::span<float> gradient) {
    const double a = at[0], b = at[1], rest = b - a * a;
    gradient[0] = static_cast<float>(-400 * a * rest - 2 * (1 - a));
    gradient[1] = static_cast<float>(200 * rest);
    return 100 * rest * rest + (1 - a) * (1 - a);
  };
  const LbfgsResult result = minimise(valley, x, {.gradient_limit = 1e-4, .decrease_limit = 0}, kNever);
  EXPECT_LT(result.iterations, 100);
  EXPECT_THAT(x, testing::Pointwise(testing::FloatNear(2e-3F), {1.0F, 1.0F}));
}

// Two labels apart along the first of eight features; `noise` on all of them.
DenseSet two_labels(std::size_t items, float noise) {
  DenseSet set{.dimension = 8};
  for (std::size_t i = 0; i < items; ++i) {
    const std::uint32_t label = i % 2;
    std::vector<float> row(8);
    for (std::size_t d = 0; d < 8; ++d) row[d] = noise * std::sin(static_cast<float>(i * i + 31 * d));
    row[0] += label == 0 ? 1.0F : -1.0F;
    set.add(row, {&label, 1});
  }
  return set;
}

TEST(PrecisionLoss, M9_IsNothingForTheSameFeaturesAndGrowsWithTheirNoise) {
  const DenseOptions options{.kind = TaskKind::kCategory, .classes = 2, .threads = 1};
  const auto loss = [&](float noise) {
    return precision_loss(two_labels(300, 0.1F), two_labels(300, noise), 200, options, kNever);
  };
  EXPECT_EQ(loss(0.1F), 0);
  EXPECT_LT(std::abs(loss(0.11F)), kMostPrecisionLoss);
  EXPECT_GT(loss(4), 10 * kMostPrecisionLoss);
  EXPECT_GT(loss(8), loss(4));
}

TEST(Lbfgs, RefusesAValueThatIsNoNumber) {
  std::vector<float> x{1};
  EXPECT_THROW(minimise([](auto, auto) { return NAN; }, x, {}, kNever), Error);
}

}  // namespace
}  // namespace aisle
