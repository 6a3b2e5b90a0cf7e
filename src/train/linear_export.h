// Trained weights to the model file's arrays: quantised to 8 bits, calibration folded in.
#pragma once

#include <span>
#include <vector>

#include "model/linear/linear_model.h"
#include "train/linear_sgd.h"
#include "train/vocabulary.h"

namespace aisle {

// slope, offset: [K], the calibration: logit k = slope k * (z k + bias k) + offset k.
LinearParts quantise(const Vocabulary& vocabulary, const LinearWeights& weights, std::size_t classes,
                     std::span<const float> slope, std::span<const float> offset, std::size_t threads);

}  // namespace aisle
