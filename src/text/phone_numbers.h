// Finds phone numbers (libphonenumber), and tells them from the other numbers of a catalogue. Internal to the module.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "text/email.h"

namespace aisle {

// True for a region that libphonenumber knows: "FR".
bool is_phone_region(const std::string& region);

// True where national numbers are written with a 0 in front (most countries; not in the US or Spain).
bool has_zero_prefix(const std::string& region);

// The numbers in `text`, from left to right. Spans of digits are found first, by a plain scan; only those that are
// long enough are given to libphonenumber (tens of microseconds each).
std::vector<TextRange> find_phone_numbers(std::string_view text, const std::string& region);

}  // namespace aisle
