#include "model/engine/sliding.h"

#include <algorithm>

namespace aisle::engine {

RowRange rows_of(const Sliding& sliding, std::size_t member, std::size_t members) {
  const std::int64_t height = sliding.in[1];
  const Range share = share_of(static_cast<std::size_t>(sliding.out[1]), member, members);
  RowRange rows;
  rows.out_begin = static_cast<std::int64_t>(share.begin);
  rows.out_end = static_cast<std::int64_t>(share.end);
  if (rows.out_begin == rows.out_end) return rows;
  const std::int64_t reach = (sliding.kernel[0] - 1) * sliding.dilation + 1;
  const std::int64_t first = rows.out_begin * sliding.stride - sliding.padding.top;
  const std::int64_t last = (rows.out_end - 1) * sliding.stride - sliding.padding.top + reach;  // behind it
  rows.in_begin = std::clamp<std::int64_t>(first, 0, height);
  rows.in_end = std::clamp<std::int64_t>(last, rows.in_begin, height);
  rows.top = std::max<std::int64_t>(-first, 0);
  rows.bottom = std::max<std::int64_t>(last - height, 0);
  return rows;
}

std::vector<RowRange> all_row_ranges(const Sliding& sliding, std::size_t team) {
  std::vector<RowRange> ranges = {rows_of(sliding, 0, 1)};
  for (std::size_t member = 0; team > 1 && member < team; ++member) ranges.push_back(rows_of(sliding, member, team));
  return ranges;
}

}  // namespace aisle::engine
