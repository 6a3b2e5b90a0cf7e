// UTF-8: is it valid, how long is it, where may it be cut, and how does it compare without case and width.
// All functions are thread-safe. ASCII text costs a fraction of a nanosecond a byte in each of them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace aisle {

// Byte position of the first fault (where the first ill-formed sequence starts; Unicode 15, table 3-7), or nothing
// when all is well-formed: no overlong forms, no surrogates, nothing above U+10FFFF.
std::optional<std::size_t> find_utf8_fault(std::string_view text);

// Number of code points of well-formed UTF-8.
std::size_t count_code_points(std::string_view text);

// The longest start of `text` that has at most this many bytes, or code points, and cuts no character in two.
std::string_view truncate_bytes(std::string_view text, std::size_t max_bytes);
std::string_view truncate_code_points(std::string_view text, std::size_t max_code_points);

// Replaces `out` by NFKC_Casefold of `text` (Unicode Standard Annex 44): compatibility forms and case are gone,
// invisible characters (soft hyphen, zero-width) too, and the result is NFKC. Folding twice changes nothing.
// Ill-formed bytes give U+FFFD or are left as they are; never a fault. `out` must not hold `text`.
// Latin text with accents is folded from a table; other scripts by ICU (about 20 ns a character).
void fold(std::string_view text, std::string& out);
std::string fold(std::string_view text);

}  // namespace aisle
