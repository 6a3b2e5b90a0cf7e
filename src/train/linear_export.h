// Trained weights to the model file's arrays: pruned, quantised to 8 bits, calibration folded in.
#pragma once

#include <span>
#include <vector>

#include "model/linear/linear_model.h"
#include "train/linear_sgd.h"
#include "train/vocabulary.h"

namespace aisle {

// Leaves out the share of rows whose largest weight, times the idf of their n-gram, is smallest: what they can add to
// an answer is least. share in [0, 1); the order of the others stays. An item's vector has length 1 without them too,
// so what stays grows: the weights are scaled by the mean of that over `items`, and the calibration holds.
void prune(double share, std::size_t classes, const SparseSet& items, Vocabulary& vocabulary, LinearWeights& weights);

// slope, offset: [K], the calibration: logit k = slope k * (z k + bias k) + offset k.
LinearParts quantise(const Vocabulary& vocabulary, const LinearWeights& weights, std::size_t classes,
                     std::span<const float> slope, std::span<const float> offset, std::size_t threads);

}  // namespace aisle
