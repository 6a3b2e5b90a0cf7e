// oneDNN's descriptions of pictures whose pixels are rows of channels.
#pragma once

#include "model/engine/compile.h"
#include "model/engine/onednn.h"
#include "model/engine/sliding.h"

namespace aisle::engine {

inline DataType picture_type(Precision precision) {
  return precision == Precision::kBf16 ? DataType::bf16 : DataType::f32;
}
inline std::size_t picture_element_bytes(Precision precision) {
  return precision == Precision::kBf16 ? 2 : 4;
}

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

std::unique_ptr<Step> make_convolution_step(const CompileContext& context, std::size_t node);

}  // namespace aisle::engine
