#include "text/unicode.h"

#include <bit>

#include "text/ascii.h"

namespace aisle {
namespace {

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// Length of the well-formed sequence that starts `text` (not ASCII), 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                             : (lead & 0xF0) == 0xE0        ? 3
                             : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                            : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) return 0;
  }
  const unsigned char second = byte(1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool outside = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  return overlong || outside ? 0 : length;
}

}  // namespace

std::optional<std::size_t> find_utf8_fault(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    if (i + 8 <= text.size() && (ascii::load(text.data() + i) & ascii::kHighs) == 0) {
      i += 8;
    } else if (static_cast<unsigned char>(text[i]) < 0x80) {
      ++i;
    } else {
      const std::size_t length = sequence_length(text.substr(i));
      if (length == 0) return i;
      i += length;
    }
  }
  return std::nullopt;
}

std::size_t count_code_points(std::string_view text) {
  std::size_t continuations = 0;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    const std::uint64_t word = ascii::load(text.data() + i);
    continuations += static_cast<std::size_t>(std::popcount(word & ~(word << 1) & ascii::kHighs));
  }
  for (; i < text.size(); ++i) continuations += is_continuation(text[i]) ? 1 : 0;
  return text.size() - continuations;
}

std::string_view truncate_bytes(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  while (max_bytes > 0 && is_continuation(text[max_bytes])) --max_bytes;
  return text.substr(0, max_bytes);
}

std::string_view truncate_code_points(std::string_view text, std::size_t max_code_points) {
  if (text.size() <= max_code_points) return text;
  std::size_t starts = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_continuation(text[i]) && ++starts > max_code_points) return text.substr(0, i);
  }
  return text;
}

}  // namespace aisle
