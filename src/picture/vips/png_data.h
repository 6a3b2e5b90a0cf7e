// A PNG whose data go on behind its last pixel: libpng inflates all of it, a thousand bytes for each one of the file.
#pragma once

#include <cstdint>
#include <string_view>

namespace aisle {

// False where the image data of a PNG with so many pixels inflate to more than any such PNG has. Small data are not
// looked at: what they can become takes no time.
bool has_only_its_pixels(std::string_view png, std::uint64_t pixels);

}  // namespace aisle
