// Appending JSON to a string without a document tree: for the paths where answers are written by the thousand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aisle {

// Appends `text` with quotes. Bytes that are not UTF-8 become U+FFFD, so the result always is valid JSON.
void append_json_string(std::string& out, std::string_view text);

// Six significant digits; null where not finite.
void append_json_number(std::string& out, double value);

void append_json_integer(std::string& out, std::int64_t value);

}  // namespace aisle
