// Walking over UTF-8 that is known to be well-formed. Internal to subword/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aisle::subword {

inline bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

// Bytes of the character with this first byte.
inline std::size_t sequence_bytes(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

// The character at `at`, which is moved behind it. at < text.size().
inline char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[at + i])); };
  const char32_t lead = byte(0);
  char32_t c = lead;
  std::size_t bytes = 1;
  if (lead >= 0xF0) {
    c = (lead & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
    bytes = 4;
  } else if (lead >= 0xE0) {
    c = (lead & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    bytes = 3;
  } else if (lead >= 0x80) {
    c = (lead & 0x1F) << 6 | (byte(1) & 0x3F);
    bytes = 2;
  }
  at += bytes;
  return c;
}

// The character that ends before `at`, which is moved to its start. at > 0.
inline char32_t previous_code_point(std::string_view text, std::size_t& at) {
  do --at;
  while ((static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
  std::size_t start = at;
  return next_code_point(text, start);
}

// Appends the character as UTF-8.
inline void append_code_point(char32_t c, std::string& out) {
  const auto add = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    add(c);
  } else if (c < 0x800) {
    add(0xC0 | c >> 6), add(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    add(0xE0 | c >> 12), add(0x80 | (c >> 6 & 0x3F)), add(0x80 | (c & 0x3F));
  } else {
    add(0xF0 | c >> 18), add(0x80 | (c >> 12 & 0x3F)), add(0x80 | (c >> 6 & 0x3F)), add(0x80 | (c & 0x3F));
  }
}

// `text` itself where it is UTF-8. Otherwise a copy in `scratch` with U+FFFD for every maximal ill-formed part
// (Unicode 15, section 3.9), as other decoders do it.
std::string_view well_formed(std::string_view text, std::string& scratch);

// The start of a text from a file, in quotes, for a message.
std::string in_quotes(std::string_view text);

}  // namespace aisle::subword
