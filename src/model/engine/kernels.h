// Our own inner loops beside oneDNN's: what stands between two matrix products. One body (kernels_body.h) is compiled
// for AVX-512, for AVX2 and for any processor; the best that oneDNN may use too is taken, so that
// DNNL_MAX_CPU_ISA holds for both. All matrices are row-major; nothing needs alignment.
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/network/operation.h"

namespace aisle::engine {

// How a row of float32 was made bytes: value = scale * (byte - zero).
struct RowScale {
  float scale = 1;
  float zero = 0;
};

// A product of bytes, [rows, width] int32, made numbers: value = row.scale * column_scale * (sum - row.zero *
// column_sum) + bias, and what the function makes of that.
struct Dequantise {
  const RowScale* rows = nullptr;
  const float* column_scales = nullptr;
  const float* column_sums = nullptr;  // of the weights' bytes
  const float* bias = nullptr;
  const network::op::Function* activation = nullptr;  // null: none
};

struct AttentionView {  // one head of one text
  const float* query = nullptr;
  const float* key = nullptr;
  const float* value = nullptr;
  std::size_t stride = 0;  // of the three
  std::size_t tokens = 0;
  std::size_t width = 0;
  float* out = nullptr;
  std::size_t out_stride = 0;
};

// What a 4 x 4 tile's sums become: 2 x 2 pixels, each min(max(sums + bias (+ what lies there), least), most).
struct WinogradTile {
  const float* sums = nullptr;  // plane k of the 16 at sums + k * stride
  std::size_t stride = 0;
  const float* bias = nullptr;
  bool adds = false;
  float least = 0, most = 0;
  float* out[4] = {};  // null: beyond the picture
};

struct Kernels {
  const char* name;
  // out = (x + residual - mean) / sqrt(variance + epsilon) * weight + bias, a row at a time; residual may be null.
  void (*layer_norm)(const float* x, const float* residual, const float* weight, const float* bias, float epsilon,
                     std::size_t rows, std::size_t width, float* out);
  void (*activate)(network::op::Function function, float* x, std::size_t count);
  void (*add)(const float* x, float* out, std::size_t count);  // out += x
  void (*softmax)(float* x, std::size_t rows, std::size_t width);
  void (*to_bf16)(const float* x, std::size_t count, std::uint16_t* out);
  // To the nearest whole number of x * inverse in [least, most]: bytes, or int8 as bytes.
  void (*to_bytes)(const float* x, std::size_t count, float inverse, float least, float most, std::uint8_t* out);
  // The range of each row, 0 in it, on [0, levels]; levels is 255, or 127 where sums of 16 bits saturate.
  void (*quantise)(const float* x, std::size_t rows, std::size_t width, float levels, std::uint8_t* out,
                   RowScale* scales);
  // Rows of `out` lie `stride` apart. place: out = f(x), or x where there is no function.
  void (*place)(const float* x, const network::op::Function* activation, std::size_t rows, std::size_t width,
                float* out, std::size_t stride);
  void (*dequantise)(const std::int32_t* sums, const Dequantise& how, std::size_t rows, std::size_t width, float* out,
                     std::size_t stride);
  // Winograd's transforms of a 4 x 4 tile (winograd_step.cc), for channels in multiples of 16. tile: its pixels.
  void (*winograd_in)(const float* const* tile, std::size_t channels, float* out, std::size_t stride);
  void (*winograd_out)(const WinogradTile& tile, std::size_t channels);
  // scratch: attention_scratch(tokens, width) numbers.
  void (*attention)(const AttentionView& view, float* scratch);
};

std::size_t attention_scratch(std::size_t tokens, std::size_t width);

const Kernels& kernels();

// The three compiled bodies.
const Kernels& plain_kernels();
const Kernels& avx2_kernels();
const Kernels& avx512_kernels();

}  // namespace aisle::engine
