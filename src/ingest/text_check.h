// Is it text? UTF-8 without NUL bytes.
#pragma once

#include <string>
#include <string_view>

namespace aisle {

// "" where `bytes` is UTF-8 without NUL; otherwise what is wrong, where, and what to do:
// "byte 4 (0xE9) is not UTF-8; ...". Thread-safe.
std::string text_fault(std::string_view bytes);

}  // namespace aisle
