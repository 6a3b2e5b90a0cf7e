// Pictures, read by libvips in a shared library (libaisle_picture_vips.so) that is opened when the first picture
// comes: libvips brings a hundred libraries, and who has no pictures shall not wait for them.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace aisle {

enum class PictureFormat { kJpeg, kPng, kWebp, kGif };

std::string_view to_string(PictureFormat format);  // "jpeg"

struct PictureInfo {
  PictureFormat format = PictureFormat::kJpeg;
  int width = 0;  // pixels
  int height = 0;
};

struct PictureLimits {
  std::size_t max_bytes = 0;
  std::size_t max_pixels = 0;
};

struct ProbeResult {
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
  ProbeResult probe(std::string_view bytes, const PictureLimits& limits) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aisle
