// Colours: rows of any layout to pixels, and the result to sRGB.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "picture/vips/reader.h"
#include "picture/vips/resample.h"

namespace aisle {

// How the pixels between decoding and the end are made up.
enum class Space { kRgb, kGrey, kCmyk };
int channels_of(Space space);

// The space that a picture is stored in. It is resized in this space where it has a profile, which is applied to the
// small result; else in RGB.
Space own_space(const Layout& layout);

// Whether a colour profile (ICC.1) is one, is for this space, and is not too large. Others are passed over, as browsers
// do.
bool fits(std::string_view profile, Space space);

// One row, 8 bits. Transparency is laid on white. CMYK that is to become RGB here has no profile: the simple product.
void unpack_row(const VipsPel* row, const Layout& layout, Space space, int first, int end, Pixel* pixels);

// 8-bit channels of `space` (3, 1 or 4) to RGB in sRGB, by a profile that fits, or "".
// One that turns out to be broken is passed over too.
std::vector<std::uint8_t> to_srgb(std::vector<std::uint8_t> channels, Space space, int width, int height,
                                  std::string_view profile);

}  // namespace aisle
