// The attention of the kernels, included by kernels_body.h in its place: it stands in that file's anonymous namespace
// and uses its vectors.

template <std::size_t kCount>
struct Count {
  constexpr std::size_t operator()() const { return kCount; }
};

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
  for (std::size_t at = 0; at < n;) {
    const std::size_t left = (n - at) / kLanes;
    // A block of one vector does little for what it reads: the last two share what is left.
    const std::size_t take = left <= kProductVectors      ? left
                             : left < 2 * kProductVectors ? (left + 1) / 2
                                                          : kProductVectors;
    const auto block = [&](auto vectors) {
      product_block<kRows, vectors()>(a, a_stride, b + at, b_stride, c + at, c_stride, k);
    };
    if (take == 1) {
      block(Count<1>{});
    } else if (take == 2) {
      block(Count<2>{});
    } else if (take == 3 || kProductVectors < 4) {
      block(Count < kProductVectors < 3 ? kProductVectors : 3 > {});
    } else {
      block(Count<kProductVectors>{});
    }
    at += take * kLanes;
  }
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

// Four rows of four numbers turned.
AISLE_INLINE void turn_four(const float* from, std::size_t from_stride, float* to, std::size_t to_stride) {
  Four row[4];
  for (std::size_t i = 0; i < 4; ++i) __builtin_memcpy(&row[i], from + i * from_stride, sizeof(Four));
  const Four a = __builtin_shufflevector(row[0], row[1], 0, 4, 1, 5),
             b = __builtin_shufflevector(row[2], row[3], 0, 4, 1, 5);
  const Four c = __builtin_shufflevector(row[0], row[1], 2, 6, 3, 7),
             d = __builtin_shufflevector(row[2], row[3], 2, 6, 3, 7);
  const Four turned[4] = {__builtin_shufflevector(a, b, 0, 1, 4, 5), __builtin_shufflevector(a, b, 2, 3, 6, 7),
                          __builtin_shufflevector(c, d, 0, 1, 4, 5), __builtin_shufflevector(c, d, 2, 3, 6, 7)};
  for (std::size_t i = 0; i < 4; ++i) __builtin_memcpy(to + i * to_stride, &turned[i], sizeof(Four));
}

// Keys turned, so that a vector holds one number of many keys; values copied to lie together.
AISLE_INLINE void pack_head(const AttentionView& view, float* keys, std::size_t key_stride, float* values,
                            std::size_t value_stride) {
  const std::size_t even_width = view.width / 4 * 4, even_tokens = view.tokens / 4 * 4;
  for (std::size_t token = 0; token < view.tokens; ++token) {
    const float* key = view.key + token * view.stride;
    const bool is_even = token < even_tokens;
    if (is_even && token % 4 == 0) {
      for (std::size_t i = 0; i < even_width; i += 4)
        turn_four(key + i, view.stride, keys + i * key_stride + token, key_stride);
    }
    for (std::size_t i = is_even ? even_width : 0; i < view.width; ++i) keys[i * key_stride + token] = key[i];
    float* value = values + token * value_stride;
    __builtin_memcpy(value, view.value + token * view.stride, view.width * sizeof(float));
    for (std::size_t i = view.width; i < value_stride; ++i) value[i] = 0;
  }
  for (std::size_t i = 0; i < view.width; ++i) {
    for (std::size_t token = view.tokens; token < key_stride; ++token) keys[i * key_stride + token] = 0;
  }
}

// As exponentials(), where whole vectors may be read and written; what lies behind becomes 0.
AISLE_INLINE float padded_exponentials(float* x, std::size_t count, float scale) {
  Whole lane;
  for (std::size_t i = 0; i < kLanes; ++i) lane[i] = static_cast<std::int32_t>(i);
  const std::size_t whole = (count - 1) / kLanes * kLanes;  // the last vector is the one that may be a part
  const Whole inside = lane < static_cast<std::int32_t>(count - whole);
  const Vec last = load(x + whole);
  Vec top = inside ? last : all(last[0]);
  for (std::size_t i = 0; i < whole; i += kLanes) top = greatest_of(top, load(x + i));
  const float most = greatest(top);
  Vec total = exp_of((last - most) * scale);
  total = inside ? total : Vec{};
  store(x + whole, total);
  for (std::size_t i = 0; i < whole; i += kLanes) {
    const Vec v = exp_of((load(x + i) - most) * scale);
    store(x + i, v);
    total += v;
  }
  return sum(total);
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
    for (std::size_t r = 0; r < rows; ++r) sums[r] = padded_exponentials(scores + r * key_stride, view.tokens, scale);
    product(scores, key_stride, values, value_stride, result, value_stride, rows, view.tokens, value_stride);
    for (std::size_t r = 0; r < rows; ++r) {
      const float share = 1 / sums[r];
      map(result + r * value_stride, view.out + (first + r) * view.out_stride, view.width,
          [share](Vec v) { return v * share; });
    }
  }
}
