// Logistic regression by stochastic gradient descent on sparse items: softmax (category) or one sigmoid a label (tags).
// AdaGrad (Duchi, Hazan, Singer 2011) with one accumulator a row, so that a rare n-gram takes large steps; the step
// falls linearly to zero over the epochs.
//
// Items come in small batches. A batch's items are first scored, a few at a time, against the same weights; then each
// of a few ranges of rows is updated with all the batch's gradients. Any thread may take any piece: no two write one
// row, and the result depends neither on the number of threads nor on who does what.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/progress.h"
#include "domain/task.h"
#include "train/huge_array.h"
#include "train/vocabulary.h"

namespace aisle {

struct SgdOptions {
  TaskKind kind = TaskKind::kCategory;
  std::size_t classes = 0;
  std::uint32_t epochs = 1;
  double learning_rate = 1;
  std::size_t batch = 64;
  std::uint64_t seed = 0;
  std::size_t threads = 1;
  std::vector<float> class_weights;  // [classes], or empty: 1 each
};

// Weights [rows, stride] and bias [stride], float32; lanes from `classes` on are zero.
struct LinearWeights {
  std::size_t rows = 0, stride = 0;
  HugeArray<float> values;
  std::vector<float> bias;
};

// Logits to gradient in place: z[k] becomes dloss/dz[k]; returns the loss. z is padded; labels ascending or not.
double loss_gradient(TaskKind kind, std::span<float> z, std::size_t classes, std::span<const std::uint32_t> labels);

class LinearSgd {
 public:
  LinearSgd(const SgdOptions& options, std::size_t rows, std::span<const float> start_bias);

  // One pass in a new order; returns the mean loss. kCancelled.
  double epoch(const SparseSet& items, const CancelToken& cancel);

  const LinearWeights& weights() const { return weights_; }
  LinearWeights& weights() { return weights_; }

 private:
  struct Pass;
  void score(Pass& pass, std::size_t batch, std::size_t piece);
  void update(Pass& pass, std::size_t batch, std::size_t piece, float rate);

  SgdOptions options_;
  LinearWeights weights_;
  HugeArray<float> squares_;  // one a row
  float bias_squares_ = 0;
  std::uint32_t epochs_done_ = 0;
};

// Uncalibrated logits of every item: [items, classes].
std::vector<float> score_all(const LinearWeights& weights, const SparseSet& items, std::size_t classes,
                             std::size_t threads);

}  // namespace aisle
