#include "featurize/prepare.h"

#include <cstdint>

#include "domain/limits.h"
#include "text/ascii.h"
#include "text/clean.h"
#include "text/unicode.h"

namespace aisle {
namespace {

constexpr CleanOptions kCleaning{.html = true, .drop_code = true, .drop_emails = true};

bool may_need_cleaning(std::string_view text) {
  return text.find('<') != std::string_view::npos || text.find('&') != std::string_view::npos ||
         text.find('@') != std::string_view::npos;
}

std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0;
}

// What a character beyond ASCII is to the tokenizer, told from its first bytes.
enum class Kind { kLetter, kSeparator, kWord };

Kind kind_of(std::string_view text, std::size_t at) {
  const std::uint8_t first = byte_at(text, at), second = byte_at(text, at + 1);
  if (first == 0xc2) return Kind::kSeparator;  // U+0080-00BF: no-break space, quotes, signs
  if (first == 0xe2 && (second == 0x80 || second == 0x81))
    return Kind::kSeparator;                                     // U+2000-207F: dashes, quotes, spaces
  if (first == 0xe3 && second == 0x80) return Kind::kSeparator;  // U+3000-303F: punctuation of East Asia
  if (first == 0xe3 && second >= 0x81) return Kind::kWord;       // kana and the first ideographs,
  if (first >= 0xe4 && first <= 0xe9) return Kind::kWord;        // ideographs: no spaces between words
  return Kind::kLetter;
}

// Puts spaces where the tokenizer, which knows ASCII alone, cannot see that a word ends.
void separate(std::string_view text, std::string& out) {
  out.clear();
  for (std::size_t at = 0; at < text.size();) {
    const std::uint8_t first = byte_at(text, at);
    const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const Kind kind = first < 0x80 ? Kind::kLetter : kind_of(text, at);
    if (kind == Kind::kLetter) out += text.substr(at, length);
    if (kind == Kind::kSeparator) out += ' ';
    if (kind == Kind::kWord) {
      out += ' ';
      out += text.substr(at, length);
      out += ' ';
    }
    at += length;
  }
}

}  // namespace

std::string_view prepare(std::string_view text, PrepareScratch& scratch) {
  text = truncate_bytes(text, limits::kFieldBytes);
  if (may_need_cleaning(text)) {
    clean(text, kCleaning, scratch.plain);
    text = scratch.plain;
  }
  if (ascii::run_length(text) == text.size()) return text;
  fold(text, scratch.folded);
  separate(scratch.folded, scratch.plain);
  return scratch.plain;
}

}  // namespace aisle
