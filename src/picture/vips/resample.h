// Resizes a picture row by row, so that one of any height needs the memory of its result alone. The sums are those of
// Pillow, which the networks' authors trained with: kernels as wide as the picture shrinks (area-correct), rows first
// and rounded to 8 bits, then columns.
#pragma once

#include <cstdint>
#include <vector>

#include "picture/picture_frame.h"

namespace aisle {

using Pixel = float __attribute__((vector_size(16)));  // up to four channels, 0 to 255

// One axis: which pixels of which resize are wanted.
struct Window {
  double extent = 0;   // of the picture, in source pixels; with a fraction where the decoder shrank it
  int source = 0;      // pixels that there are
  double resized = 0;  // pixels that `extent` becomes
  double first = 0;    // the first of them that is wanted
  int count = 0;       // how many are
};

// For each wanted pixel, which source pixels count how much.
class Taps {
 public:
  Taps(const Window& window, PictureFilter filter);

  int count() const { return static_cast<int>(first_.size()); }
  int first(int target) const { return first_[static_cast<std::size_t>(target)]; }
  int end(int target) const { return first(target) + size_[static_cast<std::size_t>(target)]; }
  // How many targets one source pixel counts in, at most.
  int most_at_once() const;
  const float* weights(int target) const { return weights_.data() + static_cast<std::size_t>(target) * widest_; }

 private:
  std::vector<int> first_, size_;
  std::size_t widest_ = 0;
  std::vector<float> weights_;  // count * widest_
};

class Resampler {
 public:
  Resampler(const Window& columns, const Window& rows, PictureFilter filter);

  // The source columns that count: [first, end).
  int first_column() const { return columns_.first(0); }
  int end_column() const { return columns_.end(columns_.count() - 1); }
  // Whether row y counts. Rows that do are added in their order.
  bool wants(int y) const { return y >= rows_.first(0) && y < rows_.end(rows_.count() - 1); }
  // `row` starts with the pixel of first_column().
  void add(int y, const Pixel* row);

  // Once all rows were added: 8-bit channels, `count` of a pixel, row by row.
  std::vector<std::uint8_t> take(int count);

 private:
  Pixel* sums_of(int target) { return sums_.data() + static_cast<std::size_t>(target % open_rows_) * row_.size(); }
  void finish(int target);

  Taps columns_, rows_;
  int done_ = 0;       // rows of the result that are complete
  int open_rows_ = 1;  // how many rows of the result one source row counts in, at most
  std::vector<Pixel> row_;
  std::vector<Pixel> sums_;           // open_rows_ rows; row t of the result in t % open_rows_
  std::vector<std::uint8_t> result_;  // four channels
};

}  // namespace aisle
