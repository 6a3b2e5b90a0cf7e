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

// The space in which a picture is resized: its own where it has a profile for it, which is applied to the small result;
// else RGB.
Space working_space(const Layout& layout, bool has_profile);

// One row, 8 bits. Transparency is laid on white. CMYK that is to become RGB here has no profile: the simple product.
void unpack_row(const VipsPel* row, const Layout& layout, Space space, int first, int end, Pixel* pixels);

// 8-bit channels of `space` (3, 1 or 4) to RGB in sRGB, by the picture's profile. A profile that is broken or of
// another space is passed over, as browsers do.
std::vector<std::uint8_t> to_srgb(std::vector<std::uint8_t> channels, Space space, int width, int height,
                                  std::string_view profile);

}  // namespace aisle
