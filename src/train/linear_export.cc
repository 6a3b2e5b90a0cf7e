#include "train/linear_export.h"

#include <algorithm>
#include <cmath>

#include "core/parallel.h"

namespace aisle {

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
      float most = 0;
      for (std::size_t k = 0; k < classes; ++k) most = std::max(most, std::abs(from[k]));
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
