#include "model/linear/kernels.h"

#include <algorithm>
#include <bit>
#include <cmath>

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(AISLE_NO_CLONES)
#define AISLE_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define AISLE_CLONES
#endif

namespace aisle::kernels {
namespace {

// exp(x) with a relative error below 2e-7: 2^n times a polynomial on [-ln 2 / 2, ln 2 / 2] (Cephes, Moshier 1992). What
// is no number, as a model of enormous weights may make, counts as the least x.
inline __attribute__((always_inline)) float fast_exp(float x) {
  x = x > -87.0F ? x : -87.0F;
  x = x > 88.0F ? 88.0F : x;
  const float n = static_cast<float>(static_cast<int>(x * 1.44269504F + (x < 0 ? -0.5F : 0.5F)));
  const float r = (x - n * 0.693359375F) + n * 2.12194440e-4F;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * r * r + r + 1.0F;
  return p * std::bit_cast<float>((static_cast<int>(n) + 127) << 23);
}

constexpr std::size_t kCacheLine = 64;  // bytes
constexpr std::size_t kAhead = 12;      // rows; 6 to 32 are equally good

// Rows lie anywhere in 30 to 200 MB: without asking ahead, half the time of training is waiting for them.
template <std::size_t kWidth, typename T>
inline __attribute__((always_inline)) void prefetch_row(const T* row) {
  for (std::size_t k = 0; k < kWidth; k += kCacheLine / sizeof(T)) __builtin_prefetch(row + k);
}

// One block of kWidth lanes with its sums in registers.
template <std::size_t kWidth, typename T>
inline __attribute__((always_inline)) void accumulate_block(std::span<const Feature> features, const T* rows,
                                                            std::size_t stride, float* out) {
  float sums[kWidth];
  for (std::size_t k = 0; k < kWidth; ++k) sums[k] = out[k];
  for (std::size_t i = 0; i < features.size(); ++i) {
    if (i + kAhead < features.size()) prefetch_row<kWidth>(rows + std::size_t{features[i + kAhead].row} * stride);
    const T* row = rows + std::size_t{features[i].row} * stride;
    const float weight = features[i].weight;
    for (std::size_t k = 0; k < kWidth; ++k) sums[k] += weight * static_cast<float>(row[k]);
  }
  for (std::size_t k = 0; k < kWidth; ++k) out[k] = sums[k];
}

template <typename T>
inline __attribute__((always_inline)) void accumulate_rows(std::span<const Feature> features, const T* rows,
                                                           std::size_t stride, float* out) {
  std::size_t k = 0;
  for (; k + 4 * kLanes <= stride; k += 4 * kLanes) accumulate_block<4 * kLanes>(features, rows + k, stride, out + k);
  for (; k < stride; k += kLanes) accumulate_block<kLanes>(features, rows + k, stride, out + k);
}

}  // namespace

AISLE_CLONES void accumulate(std::span<const Feature> features, const float* rows, std::size_t stride, float* out) {
  accumulate_rows(features, rows, stride, out);
}

AISLE_CLONES void accumulate(std::span<const Feature> features, const std::int8_t* rows, std::size_t stride,
                             float* out) {
  accumulate_rows(features, rows, stride, out);
}

AISLE_CLONES void add_scaled(float* row, const float* gradient, float step, std::size_t stride) {
  for (std::size_t k = 0; k < stride; ++k) row[k] += step * gradient[k];
}

AISLE_CLONES float softmax(float* z, std::size_t count) {
  const std::size_t stride = padded(count);
  for (std::size_t k = count; k < stride; ++k) z[k] = -1e30F;
  float top = z[0];
  for (std::size_t k = 1; k < count; ++k) top = z[k] > top ? z[k] : top;
  float sum = 0;
  for (std::size_t k = 0; k < stride; ++k) z[k] = fast_exp(z[k] - top);
  for (std::size_t k = count; k < stride; ++k) z[k] = 0;
  for (std::size_t k = 0; k < stride; ++k) sum += z[k];
  const float scale = 1 / sum;
  for (std::size_t k = 0; k < stride; ++k) z[k] *= scale;
  return top + std::log(sum);
}

AISLE_CLONES void sigmoid(float* z, std::size_t padded_count) {
  for (std::size_t k = 0; k < padded_count; ++k) z[k] = 1 / (1 + fast_exp(-z[k]));
}

}  // namespace aisle::kernels
