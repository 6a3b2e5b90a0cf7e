#include "text/email.h"

#include <algorithm>

#include "text/ascii.h"

namespace aisle {
namespace {

constexpr std::size_t kMaxLocal = 64;    // RFC 5321, 4.5.3.1.1
constexpr std::size_t kMaxDomain = 255;  // RFC 5321, 4.5.3.1.2

bool is_high(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

bool is_local(char c) {
  return ascii::is_letter(c) || ascii::is_digit(c) || is_high(c) ||
         std::string_view(".!#$%&'*+/=?^_`{|}~-").find(c) != std::string_view::npos;
}

bool is_domain(char c) {
  return ascii::is_letter(c) || ascii::is_digit(c) || is_high(c) || c == '-' || c == '.';
}

// Start of the local part that ends at `at`; signs that more often quote an address than begin one are left out.
std::size_t local_begin(std::string_view text, std::size_t from, std::size_t at) {
  std::size_t begin = at;
  while (begin > from && at - begin < kMaxLocal && is_local(text[begin - 1])) --begin;
  while (begin < at && !ascii::is_letter(text[begin]) && !ascii::is_digit(text[begin]) && text[begin] != '_' &&
         !is_high(text[begin]))
    ++begin;
  return begin;
}

// Letters at the start of a label.
std::size_t count_letters(std::string_view label) {
  const auto end = std::ranges::find_if_not(label, [](char c) { return ascii::is_letter(c) || is_high(c); });
  return static_cast<std::size_t>(end - label.begin());
}

// End of the domain that starts at `begin`: up to the last label that begins with two letters, and at least one label
// before it. What is glued to that ("example.org12") is left out. `begin` where there is none.
std::size_t domain_end(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  while (end < text.size() && end - begin < kMaxDomain && is_domain(text[end])) ++end;
  std::string_view domain = text.substr(begin, end - begin);
  domain = domain.substr(0, domain.find(".."));
  for (std::size_t dot = domain.rfind('.'); dot != std::string_view::npos && dot > 0; dot = domain.rfind('.')) {
    const std::string_view label = domain.substr(dot + 1);
    if (label.starts_with("xn--")) return begin + domain.size();
    if (const std::size_t letters = count_letters(label); letters >= 2) return begin + dot + 1 + letters;
    domain = domain.substr(0, dot);
  }
  return begin;
}

}  // namespace

TextRange find_email(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find('@', from); at != std::string_view::npos; at = text.find('@', at + 1)) {
    const std::size_t begin = local_begin(text, from, at);
    const std::size_t end = domain_end(text, at + 1);
    if (begin < at && end > at + 1) return {begin, end};
  }
  return {};
}

}  // namespace aisle
