#include "featurize/subword/code_points.h"

#include <unicode/utf8.h>

#include <cstdint>

#include "text/unicode.h"

namespace aisle::subword {

std::string_view well_formed(std::string_view text, std::string& scratch) {
  const auto fault = find_utf8_fault(text);
  if (!fault) return text;
  scratch.assign(text.substr(0, *fault));
  const char* const bytes = text.data();
  const auto size = static_cast<std::int64_t>(text.size());
  for (auto at = static_cast<std::int64_t>(*fault); at < size;) {
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(bytes, at, size, c);
    append_code_point(static_cast<char32_t>(c), scratch);
  }
  return scratch;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShownBytes = 80;
  const std::string_view start = truncate_bytes(text, kShownBytes);
  return "'" + std::string(start) + (start.size() < text.size() ? "...'" : "'");
}

}  // namespace aisle::subword
