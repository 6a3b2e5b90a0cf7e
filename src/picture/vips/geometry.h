// Where the pixels of a prepared picture come from: resize, centre crop and orientation, as windows on the axes of the
// picture as it is stored.
#pragma once

#include "picture/picture_frame.h"
#include "picture/vips/resample.h"

namespace aisle {

// How a stored picture is turned to stand upright (EXIF's orientation, 1 to 8): its axes are swapped, then reversed.
struct Turn {
  bool swaps = false;
  bool flips_columns = false;  // of the stored picture
  bool flips_rows = false;
};

Turn turn_of(int orientation);

struct Geometry {
  Turn turn;
  double resized_width = 0;  // of the whole picture, stored axes
  double resized_height = 0;
  double first_column = 0, first_row = 0;  // what is cut from it, stored axes
  int columns = 0, rows = 0;

  // Of the picture when the decoder made it `shrink` times smaller, to so many pixels.
  Window column_window(int width, int shrink, int pixels) const;
  Window row_window(int height, int shrink, int pixels) const;
};

Geometry lay_out(const PictureFrame& frame, int width, int height, int orientation);

// How much a JPEG decoder shall shrink: 1, 2, 4 or 8. It averages blocks, so that the resize needs pixels to spare.
int jpeg_shrink(const PictureFrame& frame, int width, int height);

}  // namespace aisle
