// Eight bytes at a time: what the scanners of this module share. Internal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace aisle::ascii {

inline constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
inline constexpr std::uint64_t kHighs = 0x8080808080808080ULL;

inline std::uint64_t load(const char* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

inline void store(char* bytes, std::uint64_t word) {
  std::memcpy(bytes, &word, sizeof word);
}

// High bit set in each byte that is at least `low`; the bytes of `word` and `low` are below 128.
inline std::uint64_t at_least(std::uint64_t word, std::uint64_t low) {
  return (word + (128 - low) * kOnes) & kHighs;
}

// Lower case of eight ASCII bytes.
inline std::uint64_t to_lower(std::uint64_t word) {
  return word | ((at_least(word, 'A') & ~at_least(word, 'Z' + 1)) >> 2);
}

// Length of the ASCII start of `text`.
inline std::size_t run_length(std::string_view text) {
  std::size_t i = 0;
  while (i + 8 <= text.size() && (load(text.data() + i) & kHighs) == 0) i += 8;
  while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) ++i;
  return i;
}

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
inline bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
inline bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
inline char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

}  // namespace aisle::ascii
