// The inner loops of the linear model, for training and for serving. Each is compiled for AVX-512, for AVX2 and for any
// x86-64, and the processor's best is taken at start. "Padded": a multiple of kLanes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "featurize/featurizer.h"

namespace aisle::kernels {

inline constexpr std::size_t kLanes = 16;

constexpr std::size_t padded(std::size_t count) {
  return (count + kLanes - 1) / kLanes * kLanes;
}

// out[k] += sum over features of weight * rows[row * stride + k], k in [0, stride). stride is padded.
void accumulate(std::span<const Feature> features, const float* rows, std::size_t stride, float* out);
void accumulate(std::span<const Feature> features, const std::int8_t* rows, std::size_t stride, float* out);

// row[k] += step * gradient[k], k in [0, stride).
void add_scaled(float* row, const float* gradient, float step, std::size_t stride);

// In place: z[k] becomes exp(z[k] - max) / sum for k < count; what lies behind becomes 0. z is padded; returns
// ln(sum of exp(z)), for the loss.
float softmax(float* z, std::size_t count);

// In place: 1 / (1 + exp(-z[k])), all of the padded count.
void sigmoid(float* z, std::size_t padded_count);

}  // namespace aisle::kernels
