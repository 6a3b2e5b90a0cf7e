#include "train/linear_export.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/parallel.h"

namespace aisle {

namespace {

float largest_weight(const LinearWeights& weights, std::size_t row, std::size_t classes) {
  float most = 0;
  for (std::size_t k = 0; k < classes; ++k) most = std::max(most, std::abs(weights.values[row * weights.stride + k]));
  return most;
}

// Buckets in the order of their rows.
std::vector<std::uint32_t> buckets_of(const std::vector<std::uint64_t>& index) {
  std::vector<std::uint32_t> buckets;
  for (std::size_t word = 0; word < index.size(); ++word) {
    for (auto bits = static_cast<std::uint32_t>(index[word]); bits != 0; bits &= bits - 1)
      buckets.push_back(static_cast<std::uint32_t>(word * 32) + static_cast<std::uint32_t>(std::countr_zero(bits)));
  }
  return buckets;
}

// Of the items' vectors, whose length is 1, without the rows whose effect is below the limit.
float mean_length(const SparseSet& items, std::span<const float> effects, float limit) {
  double sum = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    double squares = 0;
    for (const Feature& feature : items.item(i)) {
      if (effects[feature.row] >= limit) squares += static_cast<double>(feature.weight) * feature.weight;
    }
    sum += std::sqrt(squares);
  }
  return items.size() == 0 ? 1 : static_cast<float>(sum / static_cast<double>(items.size()));
}

}  // namespace

void prune(double share, std::size_t classes, const SparseSet& items, Vocabulary& vocabulary, LinearWeights& weights) {
  const auto dropped = static_cast<std::size_t>(share * static_cast<double>(weights.rows));
  if (dropped == 0) return;
  std::vector<float> effects;
  for (std::size_t row = 0; row < weights.rows; ++row)
    effects.push_back(largest_weight(weights, row, classes) * vocabulary.idf[row]);
  std::vector<float> sorted = effects;
  const auto limit = sorted.begin() + static_cast<std::ptrdiff_t>(dropped);
  std::nth_element(sorted.begin(), limit, sorted.end());
  const float scale = mean_length(items, effects, *limit);
  const std::vector<std::uint32_t> buckets = buckets_of(vocabulary.index);
  std::vector<std::uint32_t> kept_buckets;
  for (std::size_t row = 0; row < weights.rows; ++row) {
    if (effects[row] < *limit) continue;
    const std::size_t to = kept_buckets.size();
    for (std::size_t k = 0; k < weights.stride; ++k)
      weights.values[to * weights.stride + k] = scale * weights.values[row * weights.stride + k];
    vocabulary.idf[to] = vocabulary.idf[row];
    kept_buckets.push_back(buckets[row]);
  }
  weights.rows = kept_buckets.size();
  vocabulary.idf.resize(weights.rows);
  vocabulary.index = build_bucket_index(kept_buckets, vocabulary.options.hash_bits);
}

LinearParts quantise(const Vocabulary& vocabulary, const LinearWeights& weights, std::size_t classes,
                     std::span<const float> slope, std::span<const float> offset, std::size_t threads) {
  constexpr std::size_t kBlock = 4096;
  LinearParts parts;
  parts.index = vocabulary.index;
  parts.idf = vocabulary.idf;
  parts.scale.resize(weights.rows);
  parts.weights.resize(weights.rows * weights.stride);
  parallel_for((weights.rows + kBlock - 1) / kBlock, threads, [&](std::size_t block, std::size_t) {
    for (std::size_t row = block * kBlock; row < std::min((block + 1) * kBlock, weights.rows); ++row) {
      const float* from = &weights.values[row * weights.stride];
      std::int8_t* to = &parts.weights[row * weights.stride];
      const float most = largest_weight(weights, row, classes);
      if (!(most > 0)) continue;
      parts.scale[row] = most / 127;
      for (std::size_t k = 0; k < classes; ++k) to[k] = static_cast<std::int8_t>(std::lrint(from[k] * (127 / most)));
    }
  });
  Calibration& calibration = parts.card.calibration;
  calibration.slope.assign(slope.begin(), slope.end());
  for (std::size_t k = 0; k < classes; ++k) calibration.offset.push_back(slope[k] * weights.bias[k] + offset[k]);
  parts.card.ngrams = vocabulary.options;
  parts.card.rows = weights.rows;
  return parts;
}

}  // namespace aisle
