// SHA-256 (FIPS 180-4), for checksums that others publish. Our own digests are those of digest.h.
#pragma once

#include <string>
#include <string_view>

namespace aisle {

std::string sha256_hex(std::string_view bytes);  // 64 lower-case digits

}  // namespace aisle
