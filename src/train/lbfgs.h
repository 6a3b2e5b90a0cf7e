// Minimises a smooth function of many parameters: limited-memory BFGS (Nocedal, Wright 2006, algorithms 7.4 and 7.5)
// with a backtracking line search on Armijo's condition; a step whose curvature is not positive is left out of the
// memory, so that the direction always falls.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "core/progress.h"

namespace aisle {

struct LbfgsOptions {
  int max_iterations = 200;
  std::size_t memory = 10;       // pairs of steps and changes of the gradient
  double gradient_limit = 1e-4;  // done when no part of the gradient is larger
  double decrease_limit = 1e-7;  // done when an iteration brings less than this share of the value
};

struct LbfgsResult {
  double value = 0;
  int iterations = 0;
  bool converged = false;  // false: max_iterations came first
};

// Value and gradient at `x`; the gradient has x's size and is overwritten.
using Objective = std::function<double(std::span<const float> x, std::span<float> gradient)>;

// Improves `x` in place. kCancelled; kFailedPrecondition where the value at the start is not finite.
LbfgsResult minimise(const Objective& objective, std::vector<float>& x, const LbfgsOptions& options,
                     const CancelToken& cancel);

}  // namespace aisle
