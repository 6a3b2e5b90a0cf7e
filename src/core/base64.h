// Base64 (RFC 4648, section 4), as JSON carries pictures.
#pragma once

#include <string>
#include <string_view>

namespace aisle {

// Line breaks and spaces are passed over, missing padding is forgiven. False where it is not base64; `out` is then
// undefined.
bool decode_base64(std::string_view text, std::string& out);

}  // namespace aisle
