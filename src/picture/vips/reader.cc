#include "picture/vips/reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace aisle {
namespace {

constexpr int kRowsAtOnce = 16;  // what a JPEG decoder makes at once
constexpr std::int64_t kBytesAtOnce = 1 << 20;

VipsImage* load(PictureFormat format, std::string_view bytes, int shrink) {
  const auto options = [](auto function, auto... more) {
    return [=](void* data, std::size_t size) -> VipsImage* {
      VipsImage* image = nullptr;
      const int status = function(data, size, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR,
                                  more..., nullptr);
      return status == 0 ? image : nullptr;
    };
  };
  // libvips reads only, whatever its types say.
  void* const data = const_cast<char*>(bytes.data());
  switch (format) {
    case PictureFormat::kJpeg:
      return options(vips_jpegload_buffer, "shrink", shrink)(data, bytes.size());
    case PictureFormat::kPng:
      return options(vips_pngload_buffer)(data, bytes.size());
    case PictureFormat::kWebp:
      return options(vips_webpload_buffer)(data, bytes.size());
    case PictureFormat::kGif:
      return options(vips_gifload_buffer)(data, bytes.size());
  }
  return nullptr;
}

bool find_layout(const VipsImage* image, Layout& layout) {
  constexpr Channels kByCount[] = {Channels::kGrey, Channels::kGreyAlpha, Channels::kRgb, Channels::kRgba};
  const VipsBandFormat format = vips_image_get_format(image);
  layout.count = vips_image_get_bands(image);
  layout.two_bytes = format == VIPS_FORMAT_USHORT;
  if (layout.count < 1 || layout.count > 4 || (format != VIPS_FORMAT_UCHAR && !layout.two_bytes)) return false;
  const bool cmyk = vips_image_get_interpretation(image) == VIPS_INTERPRETATION_CMYK;
  layout.channels = cmyk ? Channels::kCmyk : kByCount[layout.count - 1];
  return !cmyk || layout.count == 4;
}

}  // namespace

OpenedPicture open_picture(PictureFormat format, std::string_view bytes, int shrink) {
  OpenedPicture opened;
  opened.image.reset(load(format, bytes, shrink));
  if (!opened.image) return opened;
  opened.width = vips_image_get_width(opened.image.get());
  opened.height = vips_image_get_height(opened.image.get());
  opened.orientation = vips_image_get_orientation(opened.image.get());
  if (!find_layout(opened.image.get(), opened.layout)) {
    vips_error("aisle", "channels of a kind that is not read");
    opened.image.reset();
  }
  return opened;
}

bool read_rows(const OpenedPicture& picture, const std::function<void(int y, const VipsPel* row)>& use) {
  const std::unique_ptr<VipsRegion, Unref> region(vips_region_new(picture.image.get()));
  const auto row_bytes = static_cast<std::int64_t>(VIPS_IMAGE_SIZEOF_LINE(picture.image.get()));
  const auto at_once = static_cast<int>(std::clamp<std::int64_t>(kBytesAtOnce / row_bytes, 1, kRowsAtOnce));
  for (int top = 0; top < picture.height; top += at_once) {
    const VipsRect strip{0, top, picture.width, std::min(at_once, picture.height - top)};
    if (vips_region_prepare(region.get(), &strip) != 0) return false;
    for (int y = top; y < top + strip.height; ++y) use(y, VIPS_REGION_ADDR(region.get(), 0, y));
  }
  return true;
}

std::string profile_of(const OpenedPicture& picture) {
  const void* bytes = nullptr;
  std::size_t size = 0;
  if (vips_image_get_typeof(picture.image.get(), VIPS_META_ICC_NAME) == 0 ||
      vips_image_get_blob(picture.image.get(), VIPS_META_ICC_NAME, &bytes, &size) != 0)
    return "";
  return {static_cast<const char*>(bytes), size};
}

}  // namespace aisle
