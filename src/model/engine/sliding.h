// What convolutions and pools share: a kernel slides over the rows of a picture [H, W, C], and the threads of a team
// take ranges of the result's rows. A range is a smaller picture with padding of its own, for which a primitive is
// built; the pixels lie as they lay, so nothing is copied.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/engine/team.h"
#include "model/network/operation.h"

namespace aisle::engine {

struct Sliding {
  std::array<std::int64_t, 2> kernel;  // height, width
  std::int64_t stride, dilation;
  network::op::Padding padding;
  network::Dims in, out;  // [C, H, W]
};

// Rows [out_begin, out_end) of the result and the rows of the input that they need.
struct RowRange {
  std::int64_t out_begin = 0, out_end = 0;
  std::int64_t in_begin = 0, in_end = 0;
  std::int64_t top = 0, bottom = 0;  // padding that is left

  std::int64_t out_rows() const { return out_end - out_begin; }
  std::int64_t in_rows() const { return in_end - in_begin; }
};

RowRange rows_of(const Sliding& sliding, std::size_t member, std::size_t members);

// The whole picture first, then each member's range where there is a team. Members without rows have an empty one.
std::vector<RowRange> all_row_ranges(const Sliding& sliding, std::size_t team);

}  // namespace aisle::engine
