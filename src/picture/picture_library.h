// Pictures, read by libvips in a shared library (libaisle_picture_vips.so) that is opened when the first picture
// comes: libvips brings a hundred libraries, and who has no pictures shall not wait for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "picture/picture_frame.h"
#include "picture/picture_head.h"

namespace aisle {

struct PictureInfo {
  PictureFormat format = PictureFormat::kJpeg;
  int width = 0;  // pixels, as stored
  int height = 0;
};

struct PictureLimits {
  std::size_t max_bytes = 0;
  std::size_t max_pixels = 0;
  int max_passes = 100;  // of a JPEG's decoder over its pixels
};

// A bad picture is expected: it is a value, not an Error.
struct PictureResult {
  std::optional<PictureInfo> info;
  std::string reason;  // where there is no info: what is wrong with the picture
};

// Thread-safe. Cheap to make; the library stays loaded until the process ends.
class PictureLibrary {
 public:
  // `file`: the shared library. Empty: where AISLE_PICTURE_LIBRARY says, else beside the program, else in ../lib.
  explicit PictureLibrary(std::string file = {});
  ~PictureLibrary();
  PictureLibrary(PictureLibrary&&) noexcept;

  // Decodes all of a JPEG, PNG, WebP or GIF (its first frame). The size is checked before pixels are decoded. Other
  // formats are refused. Throws kUnsupported where the library is missing or of another version of Aisle.
  PictureResult probe(std::string_view bytes, const PictureLimits& limits) const;

  // The same, and the picture as `frame` wants it, upright, in sRGB, on white where it is transparent: 8 bits a
  // channel, rgb[(y * frame.width + x) * 3 + channel]. A refused picture leaves `rgb` undefined. Throws
  // kInvalidArgument too: for a bad frame, or where `rgb` has not its size.
  PictureResult render(std::string_view bytes, const PictureLimits& limits, const PictureFrame& frame,
                       std::span<std::uint8_t> rgb) const;

 private:
  struct State;
  template <typename Call>
  PictureResult guarded(std::string_view bytes, const PictureLimits& limits, const Call& call) const;

  std::unique_ptr<State> state_;
};

}  // namespace aisle
