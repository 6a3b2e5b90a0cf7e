#include "train/lbfgs.h"

#include <algorithm>
#include <cmath>
#include <deque>

#include "core/error.h"

namespace aisle {
namespace {

constexpr double kSufficientDecrease = 1e-4;
constexpr int kMaxHalvings = 30;

double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

void add_scaled(std::span<float> to, double factor, std::span<const float> from) {
  const auto scale = static_cast<float>(factor);
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += scale * from[i];
}

float largest(std::span<const float> values) {
  float most = 0;
  for (const float value : values) most = std::max(most, std::abs(value));
  return most;
}

// What the last steps say about the curvature.
class Memory {
 public:
  explicit Memory(std::size_t limit) : limit_(limit) {}

  void add(std::vector<float> step, std::vector<float> change) {
    const double curvature = dot(step, change);
    if (!(curvature > 1e-10 * dot(change, change))) return;
    if (pairs_.size() == limit_) pairs_.pop_front();
    pairs_.push_back({std::move(step), std::move(change), 1 / curvature});
  }
  void clear() { pairs_.clear(); }
  bool empty() const { return pairs_.empty(); }

  // direction: the gradient when called, minus the inverse curvature times it when done.
  void apply(std::span<float> direction) const {
    std::vector<double> alpha(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      alpha[i] = pairs_[i].inverse * dot(pairs_[i].step, direction);
      add_scaled(direction, -alpha[i], pairs_[i].change);
    }
    double scale = 1;
    if (!pairs_.empty()) scale = 1 / (pairs_.back().inverse * dot(pairs_.back().change, pairs_.back().change));
    for (float& value : direction) value *= static_cast<float>(scale);
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const double beta = pairs_[i].inverse * dot(pairs_[i].change, direction);
      add_scaled(direction, alpha[i] - beta, pairs_[i].step);
    }
    for (float& value : direction) value = -value;
  }

 private:
  struct Pair {
    std::vector<float> step, change;
    double inverse = 0;  // of step . change
  };
  std::size_t limit_;
  std::deque<Pair> pairs_;
};

struct Point {
  std::vector<float> x, gradient;
  double value = 0;
};

// The first halving of the step that brings the value down enough; false where none does.
bool search_line(const Objective& objective, const Point& from, std::span<const float> direction, double slope,
                 double step, Point& to) {
  for (int halving = 0; halving < kMaxHalvings; ++halving, step /= 2) {
    to.x = from.x;
    add_scaled(to.x, step, direction);
    to.value = objective(to.x, to.gradient);
    if (std::isfinite(to.value) && to.value <= from.value + kSufficientDecrease * step * slope) return true;
  }
  return false;
}

std::vector<float> difference(std::span<const float> a, std::span<const float> b) {
  std::vector<float> out(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) out[i] = a[i] - b[i];
  return out;
}

}  // namespace

LbfgsResult minimise(const Objective& objective, std::vector<float>& x, const LbfgsOptions& options,
                     const CancelToken& cancel) {
  Point now{std::move(x), {}, 0}, next;
  now.gradient.resize(now.x.size());
  next.gradient.resize(now.x.size());
  now.value = objective(now.x, now.gradient);
  if (!std::isfinite(now.value)) {
    throw Error(ErrorCode::kFailedPrecondition,
                "the loss is not a number before the first step: a feature is too large");
  }
  Memory memory(options.memory);
  LbfgsResult result;
  while (result.iterations < options.max_iterations) {
    cancel.check();
    result.converged = largest(now.gradient) <= options.gradient_limit;
    if (result.converged) break;
    std::vector<float> direction = now.gradient;
    memory.apply(direction);
    const double slope = dot(now.gradient, direction);
    // Without a memory the gradient's length says nothing about the right step.
    const double step = memory.empty() ? 1 / std::max(1.0, std::sqrt(dot(now.gradient, now.gradient))) : 1;
    if (!(slope < 0) || !search_line(objective, now, direction, slope, step, next)) {
      if (memory.empty()) break;  // the gradient itself leads nowhere: float32 has no better point
      memory.clear();
      continue;
    }
    ++result.iterations;
    memory.add(difference(next.x, now.x), difference(next.gradient, now.gradient));
    result.converged = now.value - next.value <= options.decrease_limit * std::abs(now.value);
    std::swap(now, next);
    if (result.converged) break;
  }
  result.value = now.value;
  x = std::move(now.x);
  return result;
}

}  // namespace aisle
