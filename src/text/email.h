// Finds e-mail addresses: shared by cleaning and by masking. Internal to the module.
#pragma once

#include <cstddef>
#include <string_view>

namespace aisle {

struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;  // begin == end: nothing found
  bool empty() const { return begin == end; }
};

// The first address (RFC 5321 without quoted parts, a domain with a dot) at or after `from`. Linear in the text.
TextRange find_email(std::string_view text, std::size_t from);

}  // namespace aisle
