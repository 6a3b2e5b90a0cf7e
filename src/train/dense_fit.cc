#include "train/dense_fit.h"

#include <algorithm>
#include <cmath>

#include "core/parallel.h"
#include "model/engine/gemm.h"
#include "model/linear/kernels.h"
#include "train/lbfgs.h"
#include "train/linear_sgd.h"

namespace aisle {
namespace {

constexpr std::size_t kMaxParts = 8;  // each has a gradient of its own; fixed, so that sums do not depend on threads
constexpr std::size_t kLeastPartRows = 128;
constexpr std::size_t kBlockRows = 512;

// Logits of rows [from, to): [rows, stride], lanes from `classes` on are left as they are.
void score_block(std::span<const float> values, std::span<const float> bias, const DenseSet& items, std::size_t from,
                 std::size_t to, std::size_t stride, float* out) {
  for (std::size_t i = 0; i < to - from; ++i) std::ranges::copy(bias, out + i * stride);
  gemm(to - from, bias.size(), items.dimension, {items.row(from).data(), items.dimension},
       {values.data(), items.dimension, Transpose::kYes}, 1, out, stride);
}

class DenseObjective {
 public:
  DenseObjective(const DenseSet& items, double c, const DenseOptions& options)
      : items_(items),
        options_(options),
        stride_(kernels::padded(options.classes)),
        penalty_(1 / (c * static_cast<double>(items.size()))),
        parts_(std::clamp<std::size_t>(items.size() / kLeastPartRows, 1, kMaxParts)) {
    for (Partial& part : parts_) part.gradient.resize(options.classes * (items.dimension + 1));
  }

  double operator()(std::span<const float> x, std::span<float> gradient) {
    parallel_for(parts_.size(), options_.threads, [&](std::size_t part, std::size_t) { run(x, part); });
    double loss = 0;
    std::ranges::fill(gradient, 0.0F);
    const double share = 1 / static_cast<double>(items_.size());
    for (const Partial& part : parts_) {
      loss += part.loss * share;
      for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] += part.gradient[i] * static_cast<float>(share);
    }
    double squares = 0;
    for (std::size_t i = 0; i < options_.classes * items_.dimension; ++i) {
      squares += static_cast<double>(x[i]) * x[i];
      gradient[i] += static_cast<float>(penalty_) * x[i];
    }
    return loss + penalty_ / 2 * squares;
  }

 private:
  struct Partial {
    double loss = 0;
    std::vector<float> gradient;  // as x: values, then bias
    std::vector<float> block;     // [kBlockRows, stride]
  };

  void run(std::span<const float> x, std::size_t index) {
    Partial& part = parts_[index];
    part.loss = 0;
    std::ranges::fill(part.gradient, 0.0F);
    part.block.resize(kBlockRows * stride_);
    const std::size_t end = items_.size() * (index + 1) / parts_.size();
    for (std::size_t from = items_.size() * index / parts_.size(); from < end; from += kBlockRows)
      add_block(x, from, std::min(end, from + kBlockRows), part);
  }

  void add_block(std::span<const float> x, std::size_t from, std::size_t to, Partial& part) {
    const std::size_t classes = options_.classes, values = classes * items_.dimension;
    score_block(x.first(values), x.subspan(values), items_, from, to, stride_, part.block.data());
    for (std::size_t i = from; i < to; ++i) {
      const std::span<float> z = std::span(part.block).subspan((i - from) * stride_, stride_);
      part.loss += loss_gradient(options_.kind, z, classes, items_.item_labels(i));
      for (std::size_t k = 0; k < classes; ++k) part.gradient[values + k] += z[k];
    }
    gemm(classes, items_.dimension, to - from, {part.block.data(), stride_, Transpose::kYes},
         {items_.row(from).data(), items_.dimension}, 1, part.gradient.data(), items_.dimension);
  }

  const DenseSet& items_;
  const DenseOptions& options_;
  std::size_t stride_;
  double penalty_;
  std::vector<Partial> parts_;
};

}  // namespace

void DenseSet::add(std::span<const float> row, std::span<const std::uint32_t> own_labels) {
  rows.insert(rows.end(), row.begin(), row.end());
  labels.insert(labels.end(), own_labels.begin(), own_labels.end());
  label_starts.push_back(static_cast<std::uint32_t>(labels.size()));
}

DenseWeights fit_dense(const DenseSet& items, double c, const DenseOptions& options, const DenseWeights& start,
                       const CancelToken& cancel) {
  const std::size_t values = options.classes * items.dimension;
  std::vector<float> x(values + options.classes);
  if (!start.values.empty()) {
    std::ranges::copy(start.values, x.begin());
    std::ranges::copy(start.bias, x.begin() + static_cast<std::ptrdiff_t>(values));
  }
  if (items.size() > 0) {
    DenseObjective objective(items, c, options);
    minimise([&](std::span<const float> at, std::span<float> gradient) { return objective(at, gradient); }, x,
             {.max_iterations = options.max_iterations, .gradient_limit = 1e-6, .decrease_limit = 1e-8}, cancel);
  }
  const auto middle = x.begin() + static_cast<std::ptrdiff_t>(values);
  return {options.classes, items.dimension, {x.begin(), middle}, {middle, x.end()}};
}

std::vector<float> score_dense(const DenseWeights& weights, const DenseSet& items, std::size_t threads) {
  std::vector<float> logits(items.size() * weights.classes);
  parallel_for((items.size() + kBlockRows - 1) / kBlockRows, threads, [&](std::size_t block, std::size_t) {
    const std::size_t from = block * kBlockRows, to = std::min(items.size(), from + kBlockRows);
    score_block(weights.values, weights.bias, items, from, to, weights.classes, &logits[from * weights.classes]);
  });
  return logits;
}

}  // namespace aisle
