// Cuts a prepared text (prepare.h) into words: runs of ASCII letters and digits and of bytes over 127, with '+' and
// '#' at the end (c++, c#, f#). Words come as hashes over their lower-cased bytes, so that nothing is copied.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace aisle {

struct Token {
  std::uint64_t hash = 0;
  const char* begin = nullptr;  // in the prepared text
  const char* end = nullptr;
};

namespace tokenizer {

inline constexpr std::uint64_t kHashStart = 0xcbf29ce484222325;  // FNV-1a (Fowler, Noll, Vo), 64 bits
inline constexpr std::uint64_t kHashPrime = 0x00000100000001b3;

constexpr std::uint64_t hash_byte(std::uint64_t hash, std::uint8_t byte) {
  return (hash ^ byte) * kHashPrime;
}

// What a byte is inside a word: 0 ends it, otherwise its lower case.
constexpr std::array<std::uint8_t, 256> make_fold_table() {
  std::array<std::uint8_t, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = static_cast<std::uint8_t>(c);
  for (int c = 'a'; c <= 'z'; ++c) {
    table[static_cast<std::size_t>(c)] = static_cast<std::uint8_t>(c);
    table[static_cast<std::size_t>(c - 'a' + 'A')] = static_cast<std::uint8_t>(c);
  }
  for (std::size_t c = 128; c < 256; ++c) table[c] = static_cast<std::uint8_t>(c);
  return table;
}
inline constexpr std::array<std::uint8_t, 256> kFold = make_fold_table();

inline std::uint8_t fold(char c) {
  return kFold[static_cast<std::uint8_t>(c)];
}

}  // namespace tokenizer

// Calls sink(const Token&) for every word, in order; stops when it returns false.
template <typename Sink>
void for_each_token(std::string_view text, Sink&& sink) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    while (at != end && tokenizer::fold(*at) == 0) ++at;
    if (at == end) return;
    Token token{tokenizer::kHashStart, at, at};
    std::uint8_t folded = 0;
    while (at != end && (folded = tokenizer::fold(*at)) != 0) {
      token.hash = tokenizer::hash_byte(token.hash, folded);
      ++at;
    }
    for (; at != end && (*at == '+' || *at == '#'); ++at) {
      token.hash = tokenizer::hash_byte(token.hash, static_cast<std::uint8_t>(*at));
    }
    token.end = at;
    if (!sink(token)) return;
  }
}

}  // namespace aisle
