#include "text/html_tags.h"

#include <gumbo.h>

#include <algorithm>
#include <string>

#include "text/ascii.h"

namespace aisle {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool is_name_character(char c) {
  return ascii::is_letter(c) || ascii::is_digit(c);
}

bool equals_ignoring_case(std::string_view a, std::string_view lower) {
  return a.size() == lower.size() &&
         std::equal(a.begin(), a.end(), lower.begin(), [](char x, char y) { return ascii::to_lower(x) == y; });
}

// Position of the last `lower` in any case.
std::size_t find_last_ignoring_case(std::string_view text, std::string_view lower) {
  for (std::size_t i = text.size(); i-- > 0;) {
    if (text[i] == lower[0] && equals_ignoring_case(text.substr(i, lower.size()), lower)) return i;
  }
  return kNone;
}

bool is_known(std::string_view name) {
  return gumbo_tagn_enum(name.data(), static_cast<unsigned>(name.size())) != GUMBO_TAG_UNKNOWN;
}

}  // namespace

HtmlTagFinder::HtmlTagFinder(std::string_view text)
    : text_(text), last_end_(text.rfind('>')), last_comment_end_(text.rfind("-->")) {
  last_quote_[0] = text.rfind('"');
  last_quote_[1] = text.rfind('\'');
}

HtmlTag HtmlTagFinder::at(std::size_t position) {
  HtmlTag tag;
  if (last_end_ == kNone || position > last_end_) return tag;
  if (text_.substr(position, 4) == "<!--") {
    if (last_comment_end_ != kNone && last_comment_end_ >= position + 2) tag.end = text_.find("-->", position + 2) + 3;
    return tag;
  }
  std::size_t i = position + 1;
  if (text_[i] == '!' || text_[i] == '?') {
    if (ascii::is_letter(text_[i + 1])) tag.end = text_.find('>', i) + 1;  // <!DOCTYPE html>, <?xml ...?>
    return tag;
  }
  tag.closing = text_[i] == '/';
  if (tag.closing) ++i;
  const std::size_t start = i;
  while (i < text_.size() && is_name_character(text_[i])) ++i;
  tag.name = text_.substr(start, i - start);
  if (tag.name.empty() || tag.name.size() > 20 || i >= text_.size()) return tag;
  if (!ascii::is_space(text_[i]) && text_[i] != '>' && text_[i] != '/') return tag;
  if (!is_known(tag.name) || (!tag.closing && !is_closed_later(tag.name, i))) return tag;
  tag.end = end_of_tag(i);
  return tag;
}

bool HtmlTagFinder::is_closed_later(std::string_view name, std::size_t position) {
  static constexpr std::string_view kDropped[2] = {"script", "style"};
  for (std::size_t k = 0; k < 2; ++k) {
    if (!equals_ignoring_case(name, kDropped[k])) continue;
    if (!last_close_[k]) last_close_[k] = find_last_ignoring_case(text_, "</" + std::string(kDropped[k]));
    return *last_close_[k] != kNone && *last_close_[k] >= position;
  }
  return true;
}

// Position after the '>' that ends the tag; quoted values may hold '>'. An open quote without an end is no quote.
// 0 where words follow the name and none has a value: "a <b and c> d" is a sentence.
std::size_t HtmlTagFinder::end_of_tag(std::size_t position) {
  bool value = false;  // after '=': a quote opens a value only there
  bool words = false;
  bool values = false;
  for (std::size_t i = position; i <= last_end_; ++i) {
    const char c = text_[i];
    if (c == '>') return words && !values ? 0 : i + 1;
    if (c == '<' && !values) return 0;
    if ((c == '"' || c == '\'') && value) {
      const std::size_t close = find_quote(c, i + 1);
      if (close != kNone) i = close;
    }
    if (ascii::is_space(c)) continue;
    value = c == '=';
    values = values || value;
    words = words || c != '/';
  }
  return 0;
}

std::size_t HtmlTagFinder::find_quote(char quote, std::size_t position) {
  const std::size_t last = last_quote_[quote == '"' ? 0 : 1];
  return last == kNone || position > last ? kNone : text_.find(quote, position);
}

}  // namespace aisle
