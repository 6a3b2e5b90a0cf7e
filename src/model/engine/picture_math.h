// oneDNN's descriptions of pictures whose pixels are rows of channels.
#pragma once

#include "model/engine/compile.h"
#include "model/engine/onednn.h"
#include "model/engine/sliding.h"

namespace aisle::engine {

// How a picture's numbers lie in memory.
struct PixelType {
  DataType type = DataType::f32;
  float step = 1;  // bytes: number = step * byte

  std::size_t size() const { return type == DataType::f32 ? 4 : type == DataType::bf16 ? 2 : 1; }
  bool is_bytes() const { return size() == 1; }
};

// Of a node's value. The network's input, rows of items and wide values are float32 whatever the precision.
inline PixelType pixel_type(const CompileContext& context, std::size_t node) {
  if (context.slot(node).space != Space::kInner || context.precision == Precision::kF32 || context.exact.wide[node])
    return {};
  if (context.precision == Precision::kBf16) return {DataType::bf16};
  const ByteScale& scale = context.bytes[node];
  return {scale.is_signed ? DataType::s8 : DataType::u8, scale.step};
}

// `count` numbers of `type` to float32 and back.
void read_pixels(const PixelType& type, const std::byte* from, std::size_t count, float* out);
void write_pixels(const PixelType& type, const float* from, std::size_t count, std::byte* out);

inline Memory::desc picture_desc(const network::Dims& dims, std::int64_t rows, DataType type) {
  return Memory::desc({1, dims[0], rows, dims[2]}, type, Tag::nhwc);
}

// Numbers before row `row` of a picture.
inline std::size_t before_row(const network::Dims& dims, std::int64_t row) {
  return static_cast<std::size_t>(row * dims[2] * dims[0]);
}

// A primitive over one range of rows, with what it needs to be run.
struct SlidingPart {
  RowRange rows;
  dnnl::primitive primitive;  // empty where there are no rows
  Memory::desc source, result, scratchpad;
  std::size_t weights = 0;  // convolution: which packed copy
};

// A convolution's weight and bias with the batch norm behind it in them.
struct Folded {
  std::vector<float> weight, bias;
};
Folded fold_norm(const CompileContext& context, const Node& node);

std::unique_ptr<Step> make_convolution_step(const CompileContext& context, std::size_t node);
// Null where the convolution is not of that kind.
std::unique_ptr<Step> make_winograd_step(const CompileContext& context, std::size_t node);

}  // namespace aisle::engine
