#include "codec/json_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

namespace aisle {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr int kSignificantDigits = 6;

bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }
bool is_continuation(unsigned char c) { return (c & 0xC0) == 0x80; }

void append_escaped(std::string& out, unsigned char c) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default:
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
  }
}

// Bytes of the well-formed sequence that `text` starts with (RFC 3629), 0 where it starts with none.
std::size_t sequence_bytes(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned first = at(0);
  const unsigned second = at(1);
  if (first < 0xC2 || first > 0xF4 || !is_continuation(static_cast<unsigned char>(second))) return 0;
  if (first < 0xE0) return 2;
  if (!is_continuation(static_cast<unsigned char>(at(2)))) return 0;
  if (first < 0xF0) return (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ? 0 : 3;  // overlong, surrogate
  if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;                     // overlong, over U+10FFFF
  return is_continuation(static_cast<unsigned char>(at(3))) ? 4 : 0;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t i = 0;
  while (i < text.size()) {
    std::size_t end = i;
    while (end < text.size() && is_plain(static_cast<unsigned char>(text[end]))) ++end;
    out.append(text, i, end - i);
    i = end;
    if (i == text.size()) break;
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      append_escaped(out, c);
      ++i;
    } else if (const std::size_t bytes = sequence_bytes(text.substr(i)); bytes > 0) {
      out.append(text, i, bytes);
      i += bytes;
    } else {
      out += kReplacement;
      ++i;
    }
  }
  out += '"';
}

void append_json_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  std::array<char, 32> digits;
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::general, kSignificantDigits);
  out.append(digits.data(), result.ptr);
}

void append_json_integer(std::string& out, std::int64_t value) {
  std::array<char, 24> digits;
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), result.ptr);
}

}  // namespace aisle
