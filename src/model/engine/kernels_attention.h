// The attention of the kernels, included by kernels_body.h in its place: it stands in that file's anonymous namespace
// and uses its vectors.

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
