// Chooses the penalty of a dense logistic regression on held-out items, and keeps their scores for calibration.
#pragma once

#include <vector>

#include "train/frozen_data.h"
#include "train/vocabulary.h"

namespace aisle {

struct DenseSearch {
  double c = 0;
  DenseWeights weights;
  SparseSet held_out;                        // labels alone
  std::vector<std::uint32_t> held_out_rows;  // which rows of the data they are
  std::vector<float> held_out_logits;
};

// c > 0: that one. Up to kFoldItems items every item is held out once, in five folds, and the weights are fitted on
// all; with more the validation part (a tenth of the keys where the data have none) is held out. Tries ever weaker
// penalties and stops where the loss on held-out items has risen twice. Each try is told as an epoch. kCancelled.
inline constexpr std::size_t kFoldItems = 5000;
DenseSearch search_dense(const FrozenData& data, const DenseOptions& options, double c,
                         const TrainCallbacks& callbacks);

// The labels of `set` without its rows.
SparseSet labels_of(const DenseSet& set);

}  // namespace aisle
