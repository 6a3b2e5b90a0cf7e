#include "text/clean.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <array>

#include "text/ascii.h"
#include "text/email.h"
#include "text/html.h"

namespace aisle {
namespace {

// Appends text with its white space collapsed and its control characters gone.
class Spacer {
 public:
  explicit Spacer(std::string& out) : out_(out) {}

  void add(std::string_view text) {
    const std::size_t start = out_.size();
    out_.resize(start + text.size() + 1);  // at most as long as the source, and a space
    to_ = out_.data() + start;
    std::size_t i = 0;
    while (i < text.size()) i += i + 8 <= text.size() && copy_eight(text.data() + i) ? 8 : add_one(text, i);
    out_.resize(static_cast<std::size_t>(to_ - out_.data()));
  }

  void add_space() { pending_ = started_; }

 private:
  // Eight printable ASCII bytes without two spaces in a row, copied at once. False: look at them one by one.
  bool copy_eight(const char* from) {
    const std::uint64_t word = ascii::load(from);
    if (!started_ || (word & ascii::kHighs) != 0) return false;
    if ((ascii::at_least(word, ' ') & ~ascii::at_least(word, 0x7F)) != ascii::kHighs) return false;
    const std::uint64_t spaces = ascii::kHighs & ~ascii::at_least(word, ' ' + 1);
    if ((spaces & (spaces << 8)) != 0 || (pending_ && from[0] == ' ')) return false;
    if (pending_) *to_++ = ' ';
    ascii::store(to_, word);
    pending_ = from[7] == ' ';
    to_ += pending_ ? 7 : 8;
    return true;
  }

  // Handles the character at `i`; returns its length.
  std::size_t add_one(std::string_view text, std::size_t i) {
    const auto byte = [&](std::size_t k) { return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U; };
    const unsigned lead = byte(0);
    if (lead <= ' ' || lead == 0x7F) {
      pending_ = started_;
      return 1;
    }
    // U+0080-U+00A0: control characters and the no-break space.
    if (lead == 0xC2 && byte(1) <= 0xA0) {
      pending_ = started_;
      return 2;
    }
    // U+2000-U+200A, U+2028, U+2029, U+202F, U+205F; U+3000.
    const bool general =
        lead == 0xE2 &&
        ((byte(1) == 0x80 && (byte(2) <= 0x8A || byte(2) == 0xA8 || byte(2) == 0xA9 || byte(2) == 0xAF)) ||
         (byte(1) == 0x81 && byte(2) == 0x9F));
    if ((general && byte(2) >= 0x80) || (lead == 0xE3 && byte(1) == 0x80 && byte(2) == 0x80)) {
      pending_ = started_;
      return 3;
    }
    if (pending_) *to_++ = ' ';
    pending_ = false;
    started_ = true;
    *to_++ = text[i];
    return 1;
  }

  std::string& out_;
  char* to_ = nullptr;
  bool pending_ = false;  // a space is owed before the next character
  bool started_ = false;  // something was written
};

bool starts_word(std::string_view text, std::size_t position) {
  return position == 0 || !(ascii::is_letter(text[position - 1]) || ascii::is_digit(text[position - 1]));
}

std::size_t end_of_word(std::string_view text, std::size_t position) {
  while (position < text.size() && !ascii::is_space(text[position]) && text[position] != '<' && text[position] != '>' &&
         text[position] != '"')
    ++position;
  return position;
}

// The first "scheme://..." or "www...." at or after `from`.
TextRange find_url(std::string_view text, std::size_t from) {
  for (std::size_t i = text.find_first_of(":w", from); i != std::string_view::npos;
       i = text.find_first_of(":w", i + 1)) {
    if (text[i] == 'w' && text.substr(i, 4) == "www." && starts_word(text, i)) return {i, end_of_word(text, i)};
    if (text[i] == 'w' || text.substr(i, 3) != "://") continue;
    std::size_t begin = i;
    while (begin > from && i - begin < 16 && ascii::is_letter(text[begin - 1])) --begin;
    if (begin < i) return {begin, end_of_word(text, i + 3)};
  }
  return {};
}

TextRange find_mask(std::string_view text, std::size_t from) {
  static constexpr std::array<std::string_view, 2> kMasks = {"[email]", "[phone]"};
  for (std::size_t i = text.find('[', from); i != std::string_view::npos; i = text.find('[', i + 1)) {
    for (const std::string_view mask : kMasks) {
      if (text.substr(i, mask.size()) == mask) return {i, i + mask.size()};
    }
  }
  return {};
}

// Replaces what `find` finds by spaces: `text` then refers to `buffer`, unless there was nothing.
void blank(std::string_view& text, TextRange (*find)(std::string_view, std::size_t), std::string& buffer) {
  TextRange range = find(text, 0);
  if (range.empty()) return;
  std::string result;
  std::size_t position = 0;
  for (; !range.empty(); range = find(text, position)) {
    result.append(text.substr(position, range.begin - position)).push_back(' ');
    position = range.end;
  }
  result.append(text.substr(position));
  buffer.swap(result);
  text = buffer;
}

// Gives the letters, marks and digits of `text` to `spacer`, a space for anything else.
void add_words(std::string_view text, Spacer& spacer) {
  const auto size = static_cast<std::int32_t>(text.size());
  std::int32_t word = 0;
  for (std::int32_t i = 0; i < size;) {
    const std::int32_t start = i;
    UChar32 c;
    U8_NEXT(text.data(), i, size, c);
    const bool kept =
        c < 0 || (c < 0x80 ? ascii::is_letter(static_cast<char>(c)) || ascii::is_digit(static_cast<char>(c))
                           : u_isalnum(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0);
    if (kept) continue;
    spacer.add(text.substr(static_cast<std::size_t>(word), static_cast<std::size_t>(start - word)));
    spacer.add_space();
    word = i;
  }
  spacer.add(text.substr(static_cast<std::size_t>(word)));
}

}  // namespace

void clean(std::string_view text, const CleanOptions& options, std::string& out) {
  std::string plain;  // the text with parts taken out; unused for most
  if (options.html && has_html(text)) {
    strip_html(text, {.drop_code = options.drop_code}, plain);
    text = plain;
  }
  if (options.drop_emails) {
    blank(text, find_email, plain);
    blank(text, find_mask, plain);
  }
  if (options.drop_urls) blank(text, find_url, plain);
  out.clear();
  Spacer spacer(out);
  if (options.drop_punctuation) {
    add_words(text, spacer);
  } else {
    spacer.add(text);
  }
}

std::string clean(std::string_view text, const CleanOptions& options) {
  std::string out;
  clean(text, options, out);
  return out;
}

}  // namespace aisle
