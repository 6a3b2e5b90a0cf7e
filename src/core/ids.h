// Random identifiers for what has no natural one (prediction ids).
#pragma once

#include <string>

namespace aisle {

// 32 lower-case hexadecimal digits, 122 random bits (RFC 9562 version 4 without the dashes).
// Thread-safe; the operating system's entropy is read once per thread and 64 ids.
std::string new_id();

}  // namespace aisle
