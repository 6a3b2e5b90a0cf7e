// The body of the kernels, included once for each instruction set by a file that is compiled for it. kLanes and
// kProductRows, kProductVectors (the block of a matrix product that stays in registers) are set there. Everything is in
// an anonymous namespace and calls nothing inline from outside it, so that no wide instruction leaks into other files.

using Function = network::op::Function;
typedef float Vec __attribute__((vector_size(4 * kLanes)));
typedef std::int32_t Whole __attribute__((vector_size(4 * kLanes)));
typedef float Four __attribute__((vector_size(16)));
typedef float Loose __attribute__((vector_size(4 * kLanes), aligned(4), may_alias));
typedef std::int32_t LooseWhole __attribute__((vector_size(4 * kLanes), aligned(4), may_alias));

#define AISLE_INLINE inline __attribute__((always_inline))

AISLE_INLINE Vec load(const float* p) {
  return *reinterpret_cast<const Loose*>(p);
}
AISLE_INLINE void store(float* p, Vec v) {
  *reinterpret_cast<Loose*>(p) = v;
}
AISLE_INLINE Vec all(float x) {
  return Vec{} + x;
}
AISLE_INLINE Vec bits(Whole w) {
  return reinterpret_cast<Vec>(w);
}
AISLE_INLINE Whole bits(Vec v) {
  return reinterpret_cast<Whole>(v);
}

// The first n lanes; the others are 0.
AISLE_INLINE Vec load_part(const float* p, std::size_t n) {
  Vec v{};
  __builtin_memcpy(&v, p, n * sizeof(float));
  return v;
}
AISLE_INLINE void store_part(float* p, Vec v, std::size_t n) {
  __builtin_memcpy(p, &v, n * sizeof(float));
}

// Four chains, which the processor follows at the same time.
template <typename F>
AISLE_INLINE float fold(Vec v, F f) {
  float part[4] = {v[0], v[1], v[2], v[3]};
  for (std::size_t i = 4; i < kLanes; ++i) part[i % 4] = f(part[i % 4], v[i]);
  return f(f(part[0], part[1]), f(part[2], part[3]));
}
AISLE_INLINE float sum(Vec v) {
  return fold(v, [](float a, float b) { return a + b; });
}
AISLE_INLINE float greatest(Vec v) {
  return fold(v, [](float a, float b) { return a > b ? a : b; });
}
AISLE_INLINE Vec least_of(Vec a, Vec b) {
  return a < b ? a : b;
}
AISLE_INLINE Vec greatest_of(Vec a, Vec b) {
  return a > b ? a : b;
}

// out[i] = f(x[i]), or f(x[i], y[i]), with whole vectors and a part at the end.
template <typename F>
AISLE_INLINE void map(const float* x, float* out, std::size_t count, F f) {
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(out + i, f(load(x + i)));
  if (i < count) store_part(out + i, f(load_part(x + i, count - i)), count - i);
}

// Adding 1.5 * 2^23 rounds to the nearest whole number and leaves it in the low bits.
constexpr float kRounder = 12582912.0F;

// exp with a relative error below 2e-7: 2^n times a polynomial on [-ln 2 / 2, ln 2 / 2] (Cephes, Moshier 1992).
AISLE_INLINE Vec exp_of(Vec x) {
  x = greatest_of(least_of(x, all(88.0F)), all(-87.0F));
  const Vec shifted = x * 1.44269504F + kRounder;
  const Vec n = shifted - kRounder;
  const Vec r = (x - n * 0.693359375F) + n * 2.12194440e-4F;
  Vec p = r * 1.9875691500e-4F + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * r * r + r + 1.0F;
  return bits(bits(p) + ((bits(shifted) - bits(all(kRounder))) << 23));
}

AISLE_INLINE Vec sigmoid(Vec x) {
  return 1.0F / (1.0F + exp_of(-x));
}

// x times the normal distribution's cumulative function, that within 4e-9 before rounding: 1/2 + x P(x^2) / Q(x^2),
// fitted to its least largest error on [-5.3, 5.3], beyond which float32 knows 0 and 1 alone.
AISLE_INLINE Vec gelu(Vec x) {
  const Vec c = greatest_of(least_of(x, all(5.3F)), all(-5.3F));
  const Vec u = c * c;
  Vec p = u * 2.40501953e-8F + 6.37906312e-6F;
  p = p * u + 1.60335349e-4F;
  p = p * u + 4.62799862e-3F;
  p = p * u + 3.29358671e-2F;
  p = p * u + 3.98942254e-1F;
  Vec q = u * 1.23716543e-6F + 7.1352574e-5F;
  q = q * u + 1.83657642e-3F;
  q = q * u + 2.81388718e-2F;
  q = q * u + 2.49224205e-1F;
  q = q * u + 1.0F;
  return x * (c * p / q + 0.5F);
}
AISLE_INLINE Vec gelu_tanh(Vec x) {
  return x * sigmoid(x * (1.59576912F + 0.0713548163F * x * x));
}

// body(f), f the function on a vector.
template <typename Body>
AISLE_INLINE void with_function(Function function, Body body) {
  switch (function) {
    case Function::kRelu:
      return body([](Vec v) { return greatest_of(v, Vec{}); });
    case Function::kRelu6:
      return body([](Vec v) { return least_of(greatest_of(v, Vec{}), all(6)); });
    case Function::kGelu:
      return body([](Vec v) { return gelu(v); });
    case Function::kGeluTanh:
      return body([](Vec v) { return gelu_tanh(v); });
    case Function::kSilu:
      return body([](Vec v) { return v * sigmoid(v); });
    case Function::kTanh:
      return body([](Vec v) { return 2.0F * sigmoid(2.0F * v) - 1.0F; });
    case Function::kSigmoid:
      return body([](Vec v) { return sigmoid(v); });
  }
}

void activate(Function function, float* x, std::size_t count) {
  with_function(function, [&](auto f) { map(x, x, count, f); });
}

void place(const float* x, const Function* activation, std::size_t rows, std::size_t width, float* out,
           std::size_t stride) {
  const auto all_rows = [&](auto f) {
    for (std::size_t row = 0; row < rows; ++row) map(x + row * width, out + row * stride, width, f);
  };
  if (activation == nullptr) return all_rows([](Vec v) { return v; });
  with_function(*activation, all_rows);
}

void add(const float* x, float* out, std::size_t count) {
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(out + i, load(out + i) + load(x + i));
  for (; i < count; ++i) out[i] += x[i];
}

// The row's sum is kept in `out` between the passes. The variance is that of the differences: no cancellation.
AISLE_INLINE void layer_norm_row(const float* x, const float* residual, const float* weight, const float* bias,
                                 float epsilon, std::size_t width, float* out) {
  Vec total{};
  std::size_t i = 0;
  for (; i + kLanes <= width; i += kLanes) {
    const Vec v = residual != nullptr ? load(x + i) + load(residual + i) : load(x + i);
    store(out + i, v);
    total += v;
  }
  float mean = sum(total);
  for (std::size_t k = i; k < width; ++k) mean += out[k] = residual != nullptr ? x[k] + residual[k] : x[k];
  mean /= static_cast<float>(width);
  Vec squares{};
  for (i = 0; i + kLanes <= width; i += kLanes) {
    const Vec v = load(out + i) - mean;
    squares += v * v;
  }
  float variance = sum(squares);
  for (std::size_t k = i; k < width; ++k) variance += (out[k] - mean) * (out[k] - mean);
  const float scale = 1 / __builtin_sqrtf(variance / static_cast<float>(width) + epsilon);
  for (i = 0; i + kLanes <= width; i += kLanes)
    store(out + i, (load(out + i) - mean) * scale * load(weight + i) + load(bias + i));
  for (; i < width; ++i) out[i] = (out[i] - mean) * scale * weight[i] + bias[i];
}

void layer_norm(const float* x, const float* residual, const float* weight, const float* bias, float epsilon,
                std::size_t rows, std::size_t width, float* out) {
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t at = row * width;
    layer_norm_row(x + at, residual != nullptr ? residual + at : nullptr, weight, bias, epsilon, width, out + at);
  }
}

// exp(scale * (x - max)) of `count` numbers, in place. Returns the sum.
AISLE_INLINE float exponentials(float* x, std::size_t count, float scale) {
  Vec top = all(x[0]);
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) top = greatest_of(top, load(x + i));
  float most = greatest(top);
  for (std::size_t k = i; k < count; ++k) most = x[k] > most ? x[k] : most;
  Vec total{};
  for (i = 0; i + kLanes <= count; i += kLanes) {
    const Vec v = exp_of((load(x + i) - most) * scale);
    store(x + i, v);
    total += v;
  }
  float rest = 0;
  if (i < count) {
    const Vec v = exp_of((load_part(x + i, count - i) - most) * scale);
    for (std::size_t k = i; k < count; ++k) rest += v[k - i];
    store_part(x + i, v, count - i);
  }
  return sum(total) + rest;
}

void softmax(float* x, std::size_t rows, std::size_t width) {
  for (std::size_t row = 0; row < rows; ++row, x += width) {
    const float scale = 1 / exponentials(x, width, 1);
    map(x, x, width, [scale](Vec v) { return v * scale; });
  }
}

#include "model/engine/kernels_attention.h"
#include "model/engine/kernels_precision.h"
#include "model/engine/kernels_winograd.h"

constexpr Kernels table(const char* name) {
  return {name,     layer_norm, activate,   add,         softmax,      to_bf16,  to_bytes,
          quantise, place,      dequantise, winograd_in, winograd_out, attention};
}

#undef AISLE_INLINE
