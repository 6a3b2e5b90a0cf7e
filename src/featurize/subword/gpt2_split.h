// GPT-2's split pattern, which RoBERTa and others share, by hand: a regular expression with a look-ahead costs more
// than all the rest of the tokenizer.
//   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "featurize/subword/character_classes.h"
#include "featurize/subword/code_points.h"

namespace aisle::subword {

inline constexpr std::string_view kGpt2Expression =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

namespace gpt2 {

enum class Kind : std::uint8_t { kSpace, kLetter, kNumber, kOther };

constexpr std::array<Kind, 128> make_ascii_kinds() {
  std::array<Kind, 128> kinds{};
  for (std::size_t c = 0; c < kinds.size(); ++c) {
    const bool is_upper = c >= 'A' && c <= 'Z', is_lower = c >= 'a' && c <= 'z';
    kinds[c] = is_upper || is_lower              ? Kind::kLetter
               : c >= '0' && c <= '9'            ? Kind::kNumber
               : c == ' ' || (c >= 9 && c <= 13) ? Kind::kSpace
                                                 : Kind::kOther;
  }
  return kinds;
}
inline constexpr std::array<Kind, 128> kAsciiKinds = make_ascii_kinds();

inline Kind kind_of(char32_t c) {
  if (c < 128) return kAsciiKinds[c];
  return is_letter(c) ? Kind::kLetter : is_number(c) ? Kind::kNumber : is_space(c) ? Kind::kSpace : Kind::kOther;
}

// The end of the run of `kind` that starts at or after `at`; last: where its last character starts.
inline std::size_t run_end(std::string_view text, std::size_t at, Kind kind, std::size_t& last) {
  while (at < text.size()) {
    std::size_t next = at;
    if (kind_of(next_code_point(text, next)) != kind) break;
    last = at;
    at = next;
  }
  return at;
}

// Length of "'s", "'re" and so on at `at`; 0: none.
inline std::size_t contraction(std::string_view text, std::size_t at) {
  if (text[at] != '\'' || at + 1 >= text.size()) return 0;
  const char one = text[at + 1];
  if (one == 's' || one == 't' || one == 'm' || one == 'd') return 2;
  const std::string_view two = text.substr(at + 1, 2);
  return two == "re" || two == "ve" || two == "ll" ? 3 : 0;
}

// The end of the piece that starts at `at`.
inline std::size_t piece_end(std::string_view text, std::size_t at) {
  if (const std::size_t bytes = contraction(text, at); bytes > 0) return at + bytes;
  std::size_t start = at, last = at;
  Kind kind = kind_of(next_code_point(text, start));
  if (text[at] == ' ' && start < text.size()) {  // a space belongs to the word that follows
    std::size_t after = start;
    const Kind following = kind_of(next_code_point(text, after));
    if (following != Kind::kSpace) return run_end(text, after, following, last);
  }
  const std::size_t end = run_end(text, start, kind, last);
  // White space before a word leaves its last character to the word.
  return kind == Kind::kSpace && end < text.size() && last > at ? last : end;
}

}  // namespace gpt2

// Calls sink(begin, end) for every piece; together they are the text.
template <typename Sink>
void for_each_gpt2_piece(std::string_view text, Sink&& sink) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = gpt2::piece_end(text, at);
    sink(at, end);
    at = end;
  }
}

}  // namespace aisle::subword
