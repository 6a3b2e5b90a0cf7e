// Pictures: any bytes are refused with a reason or become pixels, the same ones twice, and what can be probed can be
// prepared. The first byte chooses the frame.
#include <string_view>
#include <vector>

#include "fuzz.h"
#include "picture/picture_library.h"

// GLib and libvips keep their types and thread data until the process ends, and are never unloaded.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libgobject-2.0\nleak:libglib-2.0\nleak:libvips.so\nleak:ld-linux\nleak:libMagick\nleak:libfontconfig\n";
}

namespace aisle {
namespace {

// Small, so that a large picture does not stop the fuzzer.
constexpr PictureLimits kLimits{.max_bytes = 1 << 20, .max_pixels = 1 << 20};

PictureFrame frame_of(std::uint8_t choice) {
  return {.width = 1 + choice % 16,
          .height = 16,
          .resize = (choice & 16) != 0 ? PictureResize::kSquash : PictureResize::kShortestSide,
          .resized = 16 + (choice >> 7) * 32,
          .filter = static_cast<PictureFilter>((choice >> 5) % 3)};
}

void check_picture(std::string_view bytes, const PictureFrame& frame) {
  static const PictureLibrary library(AISLE_PICTURE_FILE);
  const std::size_t size = static_cast<std::size_t>(3 * frame.width * frame.height);
  std::vector<std::uint8_t> once(size, 1), again(size, 2);
  const PictureResult result = library.render(bytes, kLimits, frame, once);
  FUZZ_CHECK(result.info.has_value() == result.reason.empty());
  FUZZ_CHECK(library.probe(bytes, kLimits).info.has_value() == result.info.has_value());
  FUZZ_CHECK(library.render(bytes, kLimits, frame, again).reason == result.reason);
  if (!result.info) return;
  FUZZ_CHECK(once == again);
  FUZZ_CHECK(result.info->width > 0 && result.info->height > 0);
}

}  // namespace
}  // namespace aisle

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  aisle::check_picture({reinterpret_cast<const char*>(data) + 1, size - 1}, aisle::frame_of(data[0]));
  return 0;
}
