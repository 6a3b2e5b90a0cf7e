#include "picture/vips/colour.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

namespace aisle {
namespace {

constexpr float kWhite = 255;
constexpr std::size_t kLargestProfile = 4 << 20;  // those of printers have half a megabyte

// One channel as 8 bits.
float narrow(std::uint8_t value) {
  return value;
}
float narrow(std::uint16_t value) {
  return static_cast<float>(value >> 8);
}

Pixel grey(float value) {
  return Pixel{value, value, value, 0};
}

Pixel nearest(Pixel pixel) {
  for (int c = 0; c < 3; ++c) pixel[c] = std::floor(pixel[c] + 0.5F);
  return pixel;
}

Pixel on_white(Pixel colour, float alpha) {
  const float cover = alpha / kWhite;
  return nearest(colour * cover + kWhite * (1 - cover));
}

Pixel from_ink(float cyan, float magenta, float yellow, float black) {
  const Pixel light = Pixel{kWhite, kWhite, kWhite, 0} - Pixel{cyan, magenta, yellow, 0};
  return nearest(light * ((kWhite - black) / kWhite));
}

template <typename Channel>
void unpack(const Channel* row, const Layout& layout, Space space, int first, int end, Pixel* pixels) {
  const Channel* p = row + std::ptrdiff_t{first} * layout.count;
  const auto at = [&p](int channel) { return narrow(p[channel]); };
  const auto each = [&](auto make) {
    for (int x = first; x < end; ++x, p += layout.count) *pixels++ = make();
  };
  switch (layout.channels) {
    case Channels::kGrey:
      return each([&] { return grey(at(0)); });
    case Channels::kGreyAlpha:
      return each([&] { return on_white(grey(at(0)), at(1)); });
    case Channels::kRgb:
      return each([&] { return Pixel{at(0), at(1), at(2), 0}; });
    case Channels::kRgba:
      return each([&] { return on_white(Pixel{at(0), at(1), at(2), 0}, at(3)); });
    case Channels::kCmyk:
      if (space == Space::kCmyk) return each([&] { return Pixel{at(0), at(1), at(2), at(3)}; });
      return each([&] { return from_ink(at(0), at(1), at(2), at(3)); });
  }
}

VipsInterpretation interpretation_of(Space space) {
  if (space == Space::kGrey) return VIPS_INTERPRETATION_B_W;
  return space == Space::kCmyk ? VIPS_INTERPRETATION_CMYK : VIPS_INTERPRETATION_sRGB;
}

// Rows of 3 bytes a pixel of an image with 3 bands of 8 bits.
std::optional<std::vector<std::uint8_t>> read_rgb(Image image) {
  if (vips_image_get_bands(image.get()) != 3 || vips_image_get_format(image.get()) != VIPS_FORMAT_UCHAR)
    return std::nullopt;
  const int width = vips_image_get_width(image.get()), height = vips_image_get_height(image.get());
  std::vector<std::uint8_t> rgb;
  rgb.reserve(std::size_t{3} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  OpenedPicture opened;
  opened.image = std::move(image);
  opened.width = width;
  opened.height = height;
  const bool whole =
      read_rows(opened, [&](int, const VipsPel* row) { rgb.insert(rgb.end(), row, row + std::ptrdiff_t{3} * width); });
  return whole ? std::optional(std::move(rgb)) : std::nullopt;
}

std::optional<std::vector<std::uint8_t>> by_profile(const std::vector<std::uint8_t>& channels, Space space, int width,
                                                    int height, std::string_view profile) {
  const Image bare(vips_image_new_from_memory(channels.data(), channels.size(), width, height, channels_of(space),
                                              VIPS_FORMAT_UCHAR));
  VipsImage* labelled = nullptr;
  if (!bare || vips_copy(bare.get(), &labelled, "interpretation", interpretation_of(space), nullptr) != 0)
    return std::nullopt;
  const Image own(labelled);
  vips_image_set_blob_copy(labelled, VIPS_META_ICC_NAME, profile.data(), profile.size());
  VipsImage* made = nullptr;
  if (vips_icc_transform(labelled, &made, "srgb", "embedded", TRUE, "intent", VIPS_INTENT_PERCEPTUAL, nullptr) != 0)
    return std::nullopt;
  return read_rgb(Image(made));
}

// The same colours where no profile says better.
std::vector<std::uint8_t> plain_rgb(std::vector<std::uint8_t> channels, Space space) {
  if (space == Space::kRgb) return channels;
  std::vector<std::uint8_t> rgb;
  const auto step = static_cast<std::size_t>(channels_of(space));
  for (std::size_t at = 0; at < channels.size(); at += step) {
    const std::uint8_t* p = channels.data() + at;
    const Pixel pixel = space == Space::kGrey ? grey(p[0]) : from_ink(p[0], p[1], p[2], p[3]);
    for (int c = 0; c < 3; ++c) rgb.push_back(static_cast<std::uint8_t>(pixel[c]));
  }
  return rgb;
}

}  // namespace

int channels_of(Space space) {
  return space == Space::kCmyk ? 4 : space == Space::kGrey ? 1 : 3;
}

Space own_space(const Layout& layout) {
  switch (layout.channels) {
    case Channels::kGrey:
    case Channels::kGreyAlpha:
      return Space::kGrey;
    case Channels::kRgb:
    case Channels::kRgba:
      return Space::kRgb;
    case Channels::kCmyk:
      return Space::kCmyk;
  }
  return Space::kRgb;
}

bool fits(std::string_view profile, Space space) {
  constexpr std::size_t kSpaceAt = 16, kMarkAt = 36, kHead = 128;
  constexpr std::string_view kNames[] = {"RGB ", "GRAY", "CMYK"};
  return profile.size() >= kHead && profile.size() <= kLargestProfile && profile.substr(kMarkAt, 4) == "acsp" &&
         profile.substr(kSpaceAt, 4) == kNames[static_cast<std::size_t>(space)];
}

void unpack_row(const VipsPel* row, const Layout& layout, Space space, int first, int end, Pixel* pixels) {
  if (layout.two_bytes) return unpack(reinterpret_cast<const std::uint16_t*>(row), layout, space, first, end, pixels);
  unpack(row, layout, space, first, end, pixels);
}

std::vector<std::uint8_t> to_srgb(std::vector<std::uint8_t> channels, Space space, int width, int height,
                                  std::string_view profile) {
  if (!profile.empty()) {
    if (auto rgb = by_profile(channels, space, width, height, profile)) return *std::move(rgb);
  }
  return plain_rgb(std::move(channels), space);
}

}  // namespace aisle
