// UTF-8 at its smallest, and texts from outside made fit to be shown in a message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aisle {

// Bytes of the well-formed character that `text` starts with, 1 to 4 (RFC 3629: no overlong forms, no surrogates,
// nothing above U+10FFFF); 0 where it starts with none.
std::size_t utf8_character_bytes(std::string_view text);

// `text` with U+FFFD in place of bytes that are not UTF-8 and of control characters other than line feed and tab.
// Thread-safe.
std::string printable(std::string_view text);

}  // namespace aisle
