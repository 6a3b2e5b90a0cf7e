#include "train/linear_sgd.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/random.h"
#include "model/linear/kernels.h"

namespace aisle {
namespace {

// The definition, in double.
double loss_of(TaskKind kind, const std::vector<double>& z, std::span<const std::uint32_t> labels) {
  double loss = 0;
  if (kind == TaskKind::kCategory) {
    double sum = 0;
    for (const double value : z) sum += std::exp(value);
    return std::log(sum) - z[labels[0]];
  }
  for (std::size_t k = 0; k < z.size(); ++k) {
    const bool truth = std::ranges::find(labels, k) != labels.end();
    loss += std::log1p(std::exp(truth ? -z[k] : z[k]));
  }
  return loss;
}

// A file's weights may be enormous: their sums are no numbers then, the answer still is one.
TEST(Kernels, M1_SumsThatAreNoNumbersGiveProbabilities) {
  const float none = std::numeric_limits<float>::quiet_NaN(), endless = std::numeric_limits<float>::infinity();
  for (const float bad : {none, endless, -endless}) {
    std::vector<float> z(kernels::padded(3), 0.0F);
    z[0] = bad;
    kernels::softmax(z.data(), 3);
    for (const float share : z) EXPECT_TRUE(share >= 0 && share <= 1) << bad;
    z[0] = bad;
    kernels::sigmoid(z.data(), z.size());
    EXPECT_TRUE(z[0] >= 0 && z[0] <= 1) << bad;
  }
}

TEST(LinearSgd, GradientIsThatOfFiniteDifferences) {
  Random random(2);
  for (const TaskKind kind : {TaskKind::kCategory, TaskKind::kTags}) {
    for (const std::size_t classes : {2U, 5U, 16U, 37U}) {
      std::vector<double> z(classes);
      for (double& value : z) value = 6 * random.uniform() - 3;
      std::vector<std::uint32_t> labels = {static_cast<std::uint32_t>(random.below(classes))};
      if (kind == TaskKind::kTags && labels[0] != 0) labels.push_back(0);
      std::vector<float> gradient(kernels::padded(classes));
      std::ranges::copy(z, gradient.begin());
      EXPECT_NEAR(loss_gradient(kind, gradient, classes, labels), loss_of(kind, z, labels), 1e-4);
      for (std::size_t k = 0; k < classes; ++k) {
        std::vector<double> more = z, less = z;
        more[k] += 1e-5, less[k] -= 1e-5;
        EXPECT_NEAR(gradient[k], (loss_of(kind, more, labels) - loss_of(kind, less, labels)) / 2e-5, 1e-4);
      }
      for (std::size_t k = classes; k < gradient.size(); ++k) EXPECT_EQ(gradient[k], 0);
    }
  }
}

// Item i has the feature i % 3 and the label i % 3.
SparseSet three_classes(std::size_t items) {
  SparseSet set;
  for (std::uint32_t i = 0; i < items; ++i) {
    set.features.push_back({i % 3, 1});
    set.starts.push_back(set.features.size());
    set.labels.push_back(i % 3);
    set.label_starts.push_back(static_cast<std::uint32_t>(set.labels.size()));
  }
  return set;
}

TEST(LinearSgd, LossFallsToNothingWhereEveryItemIsClear) {
  const SparseSet set = three_classes(300);
  SgdOptions options{.classes = 3, .epochs = 10, .learning_rate = 3, .batch = 8, .seed = 1};
  LinearSgd sgd(options, 3, std::vector<float>(3));
  CancelToken cancel;
  double first = 0, last = 0;
  for (int epoch = 0; epoch < 10; ++epoch) {
    last = sgd.epoch(set, cancel);
    if (epoch == 0) first = last;
  }
  EXPECT_LT(first, std::log(3.0));
  EXPECT_LT(last, 0.05);
}

TEST(LinearSgd, ThreadsDoNotChangeTheWeights) {
  const SparseSet set = three_classes(101);
  CancelToken cancel;
  std::vector<std::vector<float>> results;
  for (const std::size_t threads : {1U, 2U, 5U}) {
    LinearSgd sgd({.classes = 3, .epochs = 2, .batch = 16, .seed = 4, .threads = threads}, 3, std::vector<float>(3));
    sgd.epoch(set, cancel);
    sgd.epoch(set, cancel);
    const LinearWeights& weights = sgd.weights();
    results.emplace_back(weights.values.data(), weights.values.data() + weights.values.size());
  }
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

}  // namespace
}  // namespace aisle
