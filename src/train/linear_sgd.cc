#include "train/linear_sgd.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/parallel.h"
#include "core/random.h"
#include "model/linear/kernels.h"

namespace aisle {
namespace {

constexpr float kStartSquares =
    1;  // what a row's sum of squares starts from: without it the rare n-grams learn too much from few items
constexpr std::size_t kPiecesPerThread = 4;  // more: less waiting at the end of a batch; fewer: less searching for rows

}  // namespace

double loss_gradient(TaskKind kind, std::span<float> z, std::size_t classes, std::span<const std::uint32_t> labels) {
  double loss = 0;
  if (kind == TaskKind::kCategory) {
    const float own = z[labels[0]];
    loss = kernels::softmax(z.data(), classes) - own;
  } else {
    for (const std::uint32_t label : labels) loss -= z[label];
    kernels::sigmoid(z.data(), z.size());
    // -ln(1 - p), from p: exact enough for a figure that people read.
    for (std::size_t k = 0; k < classes; ++k) loss -= std::log(std::max(1.0F - z[k], 1e-12F));
    std::fill(z.begin() + static_cast<std::ptrdiff_t>(classes), z.end(), 0.0F);
  }
  for (const std::uint32_t label : labels) z[label] -= 1;
  return loss;
}

// What the threads share in one epoch.
struct LinearSgd::Pass {
  const SparseSet& items;
  std::size_t pieces = 1;  // of a batch
  std::vector<std::uint32_t> order;
  std::vector<float> gradients;  // [batch, stride]
  std::vector<float> squares;    // [batch]: of the gradients
  std::vector<double> losses;    // [batch]: sums over the batches
};

LinearSgd::LinearSgd(const SgdOptions& options, std::size_t rows, std::span<const float> start_bias)
    : options_(options), squares_(rows) {
  weights_.rows = rows;
  weights_.stride = kernels::padded(options.classes);
  weights_.values = HugeArray<float>(rows * weights_.stride);
  weights_.bias.assign(weights_.stride, 0);
  std::ranges::copy(start_bias, weights_.bias.begin());
}

double LinearSgd::epoch(const SparseSet& items, const CancelToken& cancel) {
  const std::size_t batches = (items.size() + options_.batch - 1) / options_.batch;
  Pass pass{items, options_.threads > 1 ? kPiecesPerThread * options_.threads : 1};
  pass.order.resize(items.size());
  pass.gradients.resize(options_.batch * weights_.stride);
  pass.squares.resize(options_.batch);
  pass.losses.resize(options_.batch);
  std::iota(pass.order.begin(), pass.order.end(), 0U);
  Random(mix64(options_.seed) + epochs_done_).shuffle(std::span(pass.order));

  parallel_phases(2 * batches, pass.pieces, options_.threads, [&](std::size_t phase, std::size_t piece) {
    const std::size_t batch = phase / 2;
    if (phase % 2 == 0) {
      if (piece == 0) cancel.check();
      score(pass, batch, piece);
    } else {
      const double done = (epochs_done_ + static_cast<double>(batch) / static_cast<double>(batches)) / options_.epochs;
      update(pass, batch, piece, static_cast<float>(options_.learning_rate * std::max(1 - done, 0.0)));
    }
  });
  ++epochs_done_;
  return std::accumulate(pass.losses.begin(), pass.losses.end(), 0.0) /
         static_cast<double>(std::max<std::size_t>(items.size(), 1));
}

void LinearSgd::score(Pass& pass, std::size_t batch, std::size_t piece) {
  const std::size_t from = batch * options_.batch, to = std::min(from + options_.batch, pass.items.size());
  const std::size_t stride = weights_.stride;
  for (std::size_t i = from + piece; i < to; i += pass.pieces) {
    const std::span<float> z = std::span(pass.gradients).subspan((i - from) * stride, stride);
    std::ranges::copy(weights_.bias, z.begin());
    const std::uint32_t item = pass.order[i];
    kernels::accumulate(pass.items.item(item), weights_.values.data(), stride, z.data());
    const std::span<const std::uint32_t> labels = pass.items.item_labels(item);
    pass.losses[i - from] += loss_gradient(options_.kind, z, options_.classes, labels);
    if (!options_.class_weights.empty()) {
      if (options_.kind == TaskKind::kCategory) {
        for (float& value : z) value *= options_.class_weights[labels[0]];
      } else {
        for (const std::uint32_t label : labels) z[label] *= options_.class_weights[label];
      }
    }
    float square = 0;
    for (const float value : z) square += value * value;
    pass.squares[i - from] = square;
  }
}

void LinearSgd::update(Pass& pass, std::size_t batch, std::size_t piece, float rate) {
  const std::size_t from = batch * options_.batch, to = std::min(from + options_.batch, pass.items.size());
  const std::size_t stride = weights_.stride;
  const auto first_row = static_cast<std::uint32_t>(weights_.rows * piece / pass.pieces);
  const auto end_row = static_cast<std::uint32_t>(weights_.rows * (piece + 1) / pass.pieces);
  for (std::size_t i = from; i < to; ++i) {
    const float square = pass.squares[i - from];
    const float* gradient = &pass.gradients[(i - from) * stride];
    const std::span<const Feature> features = pass.items.item(pass.order[i]);
    auto feature =
        pass.pieces == 1 ? features.begin() : std::ranges::lower_bound(features, first_row, {}, &Feature::row);
    for (; feature != features.end() && feature->row < end_row; ++feature) {
      const float sum = squares_[feature->row] += feature->weight * feature->weight * square;
      kernels::add_scaled(&weights_.values[feature->row * stride], gradient,
                          -rate * feature->weight / std::sqrt(sum + kStartSquares), stride);
    }
    if (piece != 0) continue;
    bias_squares_ += square;
    kernels::add_scaled(weights_.bias.data(), gradient, -rate / std::sqrt(bias_squares_ + kStartSquares), stride);
  }
}

std::vector<float> score_all(const LinearWeights& weights, const SparseSet& items, std::size_t classes,
                             std::size_t threads) {
  constexpr std::size_t kBlock = 256;
  std::vector<float> logits(items.size() * classes);
  parallel_for((items.size() + kBlock - 1) / kBlock, threads, [&](std::size_t block, std::size_t) {
    std::vector<float> z(weights.stride);
    for (std::size_t i = block * kBlock; i < std::min((block + 1) * kBlock, items.size()); ++i) {
      std::ranges::copy(weights.bias, z.begin());
      kernels::accumulate(items.item(i), weights.values.data(), weights.stride, z.data());
      std::copy_n(z.begin(), classes, logits.begin() + static_cast<std::ptrdiff_t>(i * classes));
    }
  });
  return logits;
}

}  // namespace aisle
