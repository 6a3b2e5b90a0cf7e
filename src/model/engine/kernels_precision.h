// To narrow numbers and back, included by kernels_body.h in its place: it stands in that file's anonymous namespace and
// uses its vectors.

void to_bf16(const float* x, std::size_t count, std::uint16_t* out) {
  for (std::size_t i = 0; i < count; ++i) {  // to nearest, ties to even; no NaN comes here that would have to stay one
    const auto value = __builtin_bit_cast(std::uint32_t, x[i]);
    out[i] = static_cast<std::uint16_t>((value + 0x7fffU + ((value >> 16) & 1U)) >> 16);
  }
}

void to_bytes(const float* x, std::size_t count, float inverse, float least, float most, std::uint8_t* out) {
  for (std::size_t i = 0; i < count; ++i) {
    float value = x[i] * inverse;
    value = value < least ? least : value;
    value = value > most ? most : value;
    out[i] = static_cast<std::uint8_t>(__builtin_bit_cast(std::int32_t, value + kRounder));  // its low bits
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
      out[i] = static_cast<std::uint8_t>(__builtin_bit_cast(std::int32_t, value + kRounder));  // its low bits
    }
  }
}

template <typename F>
AISLE_INLINE void dequantise_row(const std::int32_t* sums, const Dequantise& how, RowScale row, std::size_t width,
                                 float* out, F f) {
  const auto value = [&](Whole whole, Vec column_scale, Vec column_sum, Vec bias) {
    return f((__builtin_convertvector(whole, Vec) - row.zero * column_sum) * (row.scale * column_scale) + bias);
  };
  std::size_t i = 0;
  for (; i + kLanes <= width; i += kLanes) {
    const Whole whole = *reinterpret_cast<const LooseWhole*>(sums + i);
    store(out + i, value(whole, load(how.column_scales + i), load(how.column_sums + i), load(how.bias + i)));
  }
  if (i == width) return;
  const std::size_t rest = width - i;
  Whole whole{};
  __builtin_memcpy(&whole, sums + i, rest * sizeof(std::int32_t));
  store_part(out + i,
             value(whole, load_part(how.column_scales + i, rest), load_part(how.column_sums + i, rest),
                   load_part(how.bias + i, rest)),
             rest);
}

void dequantise(const std::int32_t* sums, const Dequantise& how, std::size_t rows, std::size_t width, float* out,
                std::size_t stride) {
  const auto all_rows = [&](auto f) {
    for (std::size_t row = 0; row < rows; ++row)
      dequantise_row(sums + row * width, how, how.rows[row], width, out + row * stride, f);
  };
  if (how.activation == nullptr) return all_rows([](Vec v) { return v; });
  with_function(*how.activation, all_rows);
}
