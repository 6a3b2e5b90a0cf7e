// NFKC_Casefold with two short cuts: ASCII is lowered eight bytes at a time, and the characters of Latin-1 and of
// general punctuation come from a table that ICU fills once. Both leave the work to ICU where a character could
// combine with what follows it.
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>

#include <array>

#include "core/error.h"
#include "text/ascii.h"
#include "text/unicode.h"

namespace aisle {
namespace {

const icu::Normalizer2& normalizer() {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* found = icu::Normalizer2::getNFKCCasefoldInstance(status);
  if (U_FAILURE(status))
    throw Error(ErrorCode::kInternal, std::string("ICU has no case folding: ") + u_errorName(status));
  return *found;
}

// Appends the folded text, all of it by ICU.
void fold_with_icu(std::string_view text, std::string& out) {
  UErrorCode status = U_ZERO_ERROR;
  icu::StringByteSink<std::string> sink(&out);
  normalizer().normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr,
                             status);
  if (U_FAILURE(status))
    throw Error(ErrorCode::kInternal, std::string("ICU cannot fold a text: ") + u_errorName(status));
}

// The folded form of one character; size 0 marks those that are not in the table.
struct Folded {
  std::uint8_t size = 0;
  std::array<char, 7> bytes{};
};

// U+0080-U+00FF (lead bytes C2, C3) and U+2000-U+203F (E2 80): accents, dashes, quotes, dots, bullets.
class FoldTable {
 public:
  FoldTable() {
    for (char32_t c = 0x80; c < 0x100; ++c) latin_[c - 0x80] = make(c);
    for (char32_t c = 0x2000; c < 0x2040; ++c) punctuation_[c - 0x2000] = make(c);
  }

  // What the character at the start of `text` folds to, and its length there; nullptr when not in the table.
  const Folded* find(std::string_view text, std::size_t& length) const {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const Folded* found = nullptr;
    if ((byte(0) == 0xC2 || byte(0) == 0xC3) && (byte(1) & 0xC0) == 0x80) {
      length = 2;
      found = &latin_[(byte(0) - 0xC2) * 64 + (byte(1) - 0x80)];
    } else if (byte(0) == 0xE2 && byte(1) == 0x80 && (byte(2) & 0xC0) == 0x80) {
      length = 3;
      found = &punctuation_[byte(2) - 0x80];
    }
    return found != nullptr && found->size > 0 ? found : nullptr;
  }

 private:
  static Folded make(char32_t c) {
    std::string source;
    icu::UnicodeString(static_cast<UChar32>(c)).toUTF8String(source);
    std::string folded;
    fold_with_icu(source, folded);
    Folded entry;
    // What vanishes, or could join what stands before it, is left to ICU.
    if (folded.empty() || folded.size() > entry.bytes.size() ||
        !normalizer().hasBoundaryBefore(static_cast<UChar32>(c)))
      return entry;
    entry.size = static_cast<std::uint8_t>(folded.size());
    folded.copy(entry.bytes.data(), folded.size());
    return entry;
  }

  std::array<Folded, 128> latin_{};
  std::array<Folded, 64> punctuation_{};
};

const FoldTable& fold_table() {
  static const FoldTable table;
  return table;
}

// Writes ASCII in lower case to `out`, which has as much room.
void lower_ascii(std::string_view text, char* out) {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) ascii::store(out + i, ascii::to_lower(ascii::load(text.data() + i)));
  for (; i < text.size(); ++i) out[i] = ascii::to_lower(text[i]);
}

// Folds one text from left to right. `last_` is the start of the last character in the source and in the output:
// a run for ICU starts there, since its first character may combine with it.
class Folder {
 public:
  Folder(std::string_view text, std::string& out) : text_(text), out_(out) {}

  void run() {
    const FoldTable& table = fold_table();
    std::size_t position = 0;
    while (position < text_.size()) {
      std::size_t length = 0;
      if (static_cast<unsigned char>(text_[position]) < 0x80) {
        position = copy_ascii(position);
      } else if (const Folded* folded = table.find(text_.substr(position), length)) {
        last_source_ = position;
        last_out_ = out_.size();
        out_.append(folded->bytes.data(), folded->size);
        position += length;
      } else {
        position = copy_with_icu(position);
      }
    }
  }

 private:
  std::size_t copy_ascii(std::size_t position) {
    const std::size_t length = ascii::run_length(text_.substr(position));
    const std::size_t start = out_.size();
    out_.resize(start + length);
    lower_ascii(text_.substr(position, length), out_.data() + start);
    last_source_ = position + length - 1;
    last_out_ = out_.size() - 1;
    return position + length;
  }

  std::size_t copy_with_icu(std::size_t position) {
    std::size_t end = position;
    while (end < text_.size() && static_cast<unsigned char>(text_[end]) >= 0x80) ++end;
    out_.resize(last_out_);
    fold_with_icu(text_.substr(last_source_, end - last_source_), out_);
    // What follows is ASCII, which combines with nothing before it.
    last_source_ = end;
    last_out_ = out_.size();
    return end;
  }

  std::string_view text_;
  std::string& out_;
  std::size_t last_source_ = 0;
  std::size_t last_out_ = 0;
};

}  // namespace

void fold(std::string_view text, std::string& out) {
  out.clear();
  Folder(text, out).run();
}

std::string fold(std::string_view text) {
  std::string out;
  fold(text, out);
  return out;
}

}  // namespace aisle
