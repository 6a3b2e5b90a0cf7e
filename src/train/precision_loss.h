// What it costs to compute features in narrower numbers, on a sample: before a backbone has read everything.
#pragma once

#include <cstddef>

#include "train/dense_fit.h"

namespace aisle {

// What "auto" takes at most: a hundredth of a nat, under half a point of accuracy on `apps`.
inline constexpr double kMostPrecisionLoss = 0.01;

// `exact` and `narrow` hold the same items in the same order, features in f32 and in narrower numbers. A classifier is
// fitted on the exact features of the first `fitted` items and asked for the others twice: how much larger its mean log
// loss is on their narrow features. Training on narrow features can do better, so it is a bound, but for chance.
// kCancelled.
double precision_loss(DenseSet exact, DenseSet narrow, std::size_t fitted, const DenseOptions& options,
                      const CancelToken& cancel);

}  // namespace aisle
