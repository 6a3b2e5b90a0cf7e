// The body of the kernels, included once for each instruction set by a file that is compiled for it. kLanes and
// kProductRows, kProductVectors (the block of a matrix product that stays in registers) are set there. Everything is in
// an anonymous namespace and calls nothing inline from outside it, so that no wide instruction leaks into other files.

using Function = network::op::Function;
typedef float Vec __attribute__((vector_size(4 * kLanes)));
typedef std::int32_t Whole __attribute__((vector_size(4 * kLanes)));
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

AISLE_INLINE float sum(Vec v) {
  float total = 0;
  for (std::size_t i = 0; i < kLanes; ++i) total += v[i];
  return total;
}
AISLE_INLINE float greatest(Vec v) {
  float top = v[0];
  for (std::size_t i = 1; i < kLanes; ++i) top = v[i] > top ? v[i] : top;
  return top;
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

// erf with an absolute error below 2e-7 (Abramowitz and Stegun 7.1.26).
AISLE_INLINE Vec erf_of(Vec x) {
  const Whole sign = bits(x) & static_cast<std::int32_t>(0x80000000U);
  const Vec z = bits(bits(x) & 0x7fffffff);
  const Vec t = 1.0F / (z * 0.3275911F + 1.0F);
  Vec p = t * 1.061405429F - 1.453152027F;
  p = p * t + 1.421413741F;
  p = p * t - 0.284496736F;
  p = p * t + 0.254829592F;
  return bits(bits(1.0F - p * t * exp_of(-z * z)) | sign);
}

AISLE_INLINE Vec gelu(Vec x) {
  return 0.5F * x * (1.0F + erf_of(x * 0.70710678F));
}
AISLE_INLINE Vec gelu_tanh(Vec x) {
  return x * sigmoid(x * (1.59576912F + 0.0713548163F * x * x));
}

void activate(Function function, float* x, std::size_t count) {
  switch (function) {
    case Function::kRelu:
      return map(x, x, count, [](Vec v) { return greatest_of(v, Vec{}); });
    case Function::kRelu6:
      return map(x, x, count, [](Vec v) { return least_of(greatest_of(v, Vec{}), all(6)); });
    case Function::kGelu:
      return map(x, x, count, [](Vec v) { return gelu(v); });
    case Function::kGeluTanh:
      return map(x, x, count, [](Vec v) { return gelu_tanh(v); });
    case Function::kSilu:
      return map(x, x, count, [](Vec v) { return v * sigmoid(v); });
    case Function::kTanh:
      return map(x, x, count, [](Vec v) { return 2.0F * sigmoid(2.0F * v) - 1.0F; });
    case Function::kSigmoid:
      return map(x, x, count, [](Vec v) { return sigmoid(v); });
  }
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

// exp(scale * (x - max)) of `count` numbers, in place; what lies behind, up to whole vectors, becomes 0. Returns the
// sum.
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

void to_bf16(const float* x, std::size_t count, std::uint16_t* out) {
  for (std::size_t i = 0; i < count; ++i) {  // to nearest, ties to even; no NaN comes here that would have to stay one
    const auto value = __builtin_bit_cast(std::uint32_t, x[i]);
    out[i] = static_cast<std::uint16_t>((value + 0x7fffU + ((value >> 16) & 1U)) >> 16);
  }
}

AISLE_INLINE RowScale range_of(const float* x, std::size_t width, float levels) {
  Vec low{}, high{};
  std::size_t i = 0;
  for (; i + kLanes <= width; i += kLanes) {
    low = least_of(low, load(x + i));
    high = greatest_of(high, load(x + i));
  }
  if (i < width) {
    low = least_of(low, load_part(x + i, width - i));
    high = greatest_of(high, load_part(x + i, width - i));
  }
  const float least = -greatest(-low), most = greatest(high);
  const float scale = (most - least) / levels;
  if (!(scale > 1e-30F)) return {1, 0};
  return {scale, (-least / scale + kRounder) - kRounder};
}

void quantise(const float* x, std::size_t rows, std::size_t width, float levels, std::uint8_t* out, RowScale* scales) {
  for (std::size_t row = 0; row < rows; ++row, x += width, out += width) {
    const RowScale scale = scales[row] = range_of(x, width, levels);
    const float inverse = 1 / scale.scale;
    for (std::size_t i = 0; i < width; ++i) {
      float value = x[i] * inverse + scale.zero;
      value = value < 0 ? 0 : value;
      value = value > levels ? levels : value;
      out[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(value + 0.5F));
    }
  }
}

void dequantise(const std::int32_t* sums, const Dequantise& how, std::size_t rows, std::size_t width, float* out) {
  for (std::size_t row = 0; row < rows; ++row, sums += width, out += width) {
    const float scale = how.rows[row].scale, zero = how.rows[row].zero;
    std::size_t i = 0;
    for (; i + kLanes <= width; i += kLanes) {
      const Whole whole = *reinterpret_cast<const LooseWhole*>(sums + i);
      const Vec value = __builtin_convertvector(whole, Vec) - zero * load(how.column_sums + i);
      store(out + i, value * (scale * load(how.column_scales + i)) + load(how.bias + i));
    }
    for (; i < width; ++i) {
      const float value = static_cast<float>(sums[i]) - zero * how.column_sums[i];
      out[i] = value * (scale * how.column_scales[i]) + how.bias[i];
    }
  }
}

// c[r][0 .. kVectors lanes) = a[r][0 .. k) times b[0 .. k): one block, its sums in registers.
template <std::size_t kRows, std::size_t kVectors>
AISLE_INLINE void product_block(const float* a, std::size_t a_stride, const float* b, std::size_t b_stride, float* c,
                                std::size_t c_stride, std::size_t k) {
  Vec sums[kRows][kVectors] = {};
  for (std::size_t i = 0; i < k; ++i) {
    Vec right[kVectors];
    for (std::size_t v = 0; v < kVectors; ++v) right[v] = load(b + i * b_stride + v * kLanes);
    for (std::size_t r = 0; r < kRows; ++r) {
      const float left = a[r * a_stride + i];
      for (std::size_t v = 0; v < kVectors; ++v) sums[r][v] += left * right[v];
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t v = 0; v < kVectors; ++v) store(c + r * c_stride + v * kLanes, sums[r][v]);
  }
}

template <std::size_t kRows>
AISLE_INLINE void product_rows(const float* a, std::size_t a_stride, const float* b, std::size_t b_stride, float* c,
                               std::size_t c_stride, std::size_t k, std::size_t n) {
  std::size_t at = 0;
  for (; at + kProductVectors * kLanes <= n; at += kProductVectors * kLanes)
    product_block<kRows, kProductVectors>(a, a_stride, b + at, b_stride, c + at, c_stride, k);
  for (; at + 2 * kLanes <= n; at += 2 * kLanes)
    product_block<kRows, 2>(a, a_stride, b + at, b_stride, c + at, c_stride, k);
  for (; at < n; at += kLanes) product_block<kRows, 1>(a, a_stride, b + at, b_stride, c + at, c_stride, k);
}

// c[rows, n] = a[rows, k] b[k, n]; n is whole vectors.
AISLE_INLINE void product(const float* a, std::size_t a_stride, const float* b, std::size_t b_stride, float* c,
                          std::size_t c_stride, std::size_t rows, std::size_t k, std::size_t n) {
  std::size_t r = 0;
  for (; r + kProductRows <= rows; r += kProductRows)
    product_rows<kProductRows>(a + r * a_stride, a_stride, b, b_stride, c + r * c_stride, c_stride, k, n);
  for (; r < rows; ++r) product_rows<1>(a + r * a_stride, a_stride, b, b_stride, c + r * c_stride, c_stride, k, n);
}

AISLE_INLINE std::size_t whole_vectors(std::size_t count) {
  return (count + kLanes - 1) / kLanes * kLanes;
}

// Keys turned, so that a vector holds one number of many keys; values copied to lie together.
AISLE_INLINE void pack_head(const AttentionView& view, float* keys, std::size_t key_stride, float* values,
                            std::size_t value_stride) {
  for (std::size_t token = 0; token < view.tokens; ++token) {
    const float* key = view.key + token * view.stride;
    for (std::size_t i = 0; i < view.width; ++i) keys[i * key_stride + token] = key[i];
    float* value = values + token * value_stride;
    __builtin_memcpy(value, view.value + token * view.stride, view.width * sizeof(float));
    for (std::size_t i = view.width; i < value_stride; ++i) value[i] = 0;
  }
  for (std::size_t i = 0; i < view.width; ++i) {
    for (std::size_t token = view.tokens; token < key_stride; ++token) keys[i * key_stride + token] = 0;
  }
}

// As "attention is all you need" (Vaswani et al. 2017), a block of queries at a time: their scores stay in the cache.
void attention(const AttentionView& view, float* scratch) {
  const std::size_t key_stride = whole_vectors(view.tokens), value_stride = whole_vectors(view.width);
  float* keys = scratch;
  float* values = keys + view.width * key_stride;
  float* scores = values + view.tokens * value_stride;
  float* result = scores + kAttentionRows * key_stride;
  pack_head(view, keys, key_stride, values, value_stride);
  const float scale = 1 / __builtin_sqrtf(static_cast<float>(view.width));
  for (std::size_t first = 0; first < view.tokens; first += kAttentionRows) {
    const std::size_t rows = view.tokens - first < kAttentionRows ? view.tokens - first : kAttentionRows;
    product(view.query + first * view.stride, view.stride, keys, key_stride, scores, key_stride, rows, view.width,
            key_stride);
    float sums[kAttentionRows];
    for (std::size_t r = 0; r < rows; ++r) sums[r] = exponentials(scores + r * key_stride, view.tokens, scale);
    product(scores, key_stride, values, value_stride, result, value_stride, rows, view.tokens, value_stride);
    for (std::size_t r = 0; r < rows; ++r) {
      const float share = 1 / sums[r];
      map(result + r * value_stride, view.out + (first + r) * view.out_stride, view.width,
          [share](Vec v) { return v * share; });
    }
  }
}

constexpr Kernels table(const char* name) {
  return {name, layer_norm, activate, add, softmax, to_bf16, quantise, dequantise, attention};
}

#undef AISLE_INLINE
