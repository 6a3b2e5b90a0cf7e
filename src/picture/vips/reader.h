// A picture opened by libvips and read row by row in the calling thread. Nothing here throws but for memory.
#pragma once

#include <vips/vips.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "picture/picture_head.h"

namespace aisle {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
using Image = std::unique_ptr<VipsImage, Unref>;

// What the channels of a row mean.
enum class Channels { kGrey, kGreyAlpha, kRgb, kRgba, kCmyk };

struct Layout {
  Channels channels = Channels::kRgb;
  int count = 3;           // of channels
  bool two_bytes = false;  // each, in the processor's order
};

struct OpenedPicture {
  Image image;
  Layout layout;
  int width = 0;
  int height = 0;
  int orientation = 1;  // EXIF's
};

// Reads the head alone. `shrink`: 1, or 2, 4 or 8 for a JPEG. No image where libvips refuses (its words are in
// vips_error_buffer) or the layout is none that these formats have.
OpenedPicture open_picture(PictureFormat format, std::string_view bytes, int shrink);

// Calls `use` with every row in order. False where the data is damaged or ends early.
bool read_rows(const OpenedPicture& picture, const std::function<void(int y, const VipsPel* row)>& use);

// The picture's own colour profile, "" where it has none. A copy: libvips replaces its own while it reads.
std::string profile_of(const OpenedPicture& picture);

}  // namespace aisle
