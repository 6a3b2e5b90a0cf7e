// Logistic regression on dense rows: softmax (category) or one sigmoid a label (tags), with an L2 penalty, to the
// optimum. The features of a frozen network are few and all of them matter, so the optimum is cheap and one number, the
// strength of the penalty, decides how good it is.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/progress.h"
#include "domain/task.h"
#include "train/vocabulary.h"

namespace aisle {

// Rows of one part, in order, with their labels.
struct DenseSet {
  std::size_t dimension = 0;
  std::vector<float> rows;  // [size(), dimension]
  std::vector<std::uint32_t> label_starts{0}, labels;

  std::size_t size() const { return label_starts.size() - 1; }
  std::span<const float> row(std::size_t i) const { return std::span(rows).subspan(i * dimension, dimension); }
  std::span<const std::uint32_t> item_labels(std::size_t i) const {
    return std::span(labels).subspan(label_starts[i], label_starts[i + 1] - label_starts[i]);
  }
  void add(std::span<const float> row, std::span<const std::uint32_t> own_labels);
};

struct DenseOptions {
  TaskKind kind = TaskKind::kCategory;
  std::size_t classes = 0;
  std::size_t threads = 1;
  int max_iterations = 300;
};

// Logits = values * row + bias.
struct DenseWeights {
  std::size_t classes = 0, dimension = 0;
  std::vector<float> values;  // [classes, dimension]
  std::vector<float> bias;    // [classes]
};

// Minimises mean loss + |values|^2 / (2 c size()): c is scikit-learn's C. Begins at `start` where it has weights, which
// makes a path of growing c cheap. What comes out does not depend on `threads`. kCancelled.
DenseWeights fit_dense(const DenseSet& items, double c, const DenseOptions& options, const DenseWeights& start,
                       const CancelToken& cancel);

// [items, classes], uncalibrated.
std::vector<float> score_dense(const DenseWeights& weights, const DenseSet& items, std::size_t threads);

}  // namespace aisle
