#include "picture/vips/geometry.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace aisle {
namespace {

// How many times more pixels a shrunk picture must have than are wanted, a side. It keeps the mean difference to a full
// decode at 1 to 2 of 255, on pictures full of detail too.
struct Shrink {
  int by;
  double spare;
};
constexpr Shrink kShrinks[] = {{8, 1.5}, {4, 1.2}, {2, 1.2}};

// Of a side when the shortest one becomes `resized`; whole pixels, rounded down as torchvision does.
double scaled_side(int side, int shortest, int resized) {
  return static_cast<double>(std::int64_t{resized} * side / shortest);
}

// The start of the middle `count` of `resized` pixels. Halves go to the even neighbour, as in torchvision.
double centre_start(double resized, int count) {
  return std::nearbyint((resized - count) / 2);
}

double from_other_end(double resized, double first, int count) {
  return resized - first - count;
}

}  // namespace

Turn turn_of(int orientation) {
  const auto any_of = [orientation](auto... values) { return ((orientation == values) || ...); };
  return {any_of(5, 6, 7, 8), any_of(2, 3, 7, 8), any_of(3, 4, 6, 7)};
}

Geometry lay_out(const PictureFrame& frame, int width, int height, int orientation) {
  const bool squash = frame.resize == PictureResize::kSquash;
  const int shortest = std::min(width, height);
  Geometry made;
  made.turn = turn_of(orientation);
  made.resized_width = squash ? frame.resized : scaled_side(width, shortest, frame.resized);
  made.resized_height = squash ? frame.resized : scaled_side(height, shortest, frame.resized);
  made.columns = made.turn.swaps ? frame.height : frame.width;
  made.rows = made.turn.swaps ? frame.width : frame.height;
  made.first_column = centre_start(made.resized_width, made.columns);
  made.first_row = centre_start(made.resized_height, made.rows);
  if (made.turn.flips_columns) made.first_column = from_other_end(made.resized_width, made.first_column, made.columns);
  if (made.turn.flips_rows) made.first_row = from_other_end(made.resized_height, made.first_row, made.rows);
  return made;
}

Window Geometry::column_window(int width, int shrink, int pixels) const {
  return {static_cast<double>(width) / shrink, pixels, resized_width, first_column, columns};
}

Window Geometry::row_window(int height, int shrink, int pixels) const {
  return {static_cast<double>(height) / shrink, pixels, resized_height, first_row, rows};
}

int jpeg_shrink(const PictureFrame& frame, int width, int height) {
  const double most = static_cast<double>(std::min(width, height)) / frame.resized;
  for (const Shrink& shrink : kShrinks)
    if (shrink.by * shrink.spare <= most) return shrink.by;
  return 1;
}

}  // namespace aisle
