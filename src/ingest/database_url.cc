#include <algorithm>
#include <cctype>

#include "core/error.h"
#include "ingest/row_source.h"

namespace aisle {
namespace {

[[noreturn]] void refuse(const std::string& why) {
  throw Error(
      ErrorCode::kInvalidArgument,
      "this is no database URL (" + why + "); write sqlite:///path or postgresql://user:password@host:port/database");
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int lower = std::tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) refuse("a % is not followed by two hexadecimal digits; write it as %25");
    plain += static_cast<char>(high * 16 + low);
    i += 2;
  }
  if (plain.find('\0') != std::string::npos) refuse("it holds a NUL");
  return plain;
}

// Cuts what is before `separator` off `rest`; all of it where there is none.
std::string_view cut(std::string_view& rest, char separator) {
  const std::size_t at = std::min(rest.find(separator), rest.size());
  const std::string_view head = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return head;
}

void parse_authority(std::string_view authority, DatabaseUrl& url) {
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    std::string_view user = authority.substr(0, at);
    url.user = decoded(cut(user, ':'));
    url.password = decoded(user);
    authority.remove_prefix(at + 1);
  }
  if (authority.starts_with('[')) {  // an IPv6 address
    authority.remove_prefix(1);
    url.host = decoded(cut(authority, ']'));
    if (authority.starts_with(':')) url.port = authority.substr(1);
  } else {
    url.host = decoded(cut(authority, ':'));
    url.port = authority;
  }
  if (!std::ranges::all_of(url.port, [](unsigned char c) { return std::isdigit(c) != 0; }))
    refuse("the port is no number");
}

}  // namespace

DatabaseUrl parse_database_url(const std::string& text) {
  DatabaseUrl url;
  const std::size_t scheme = text.find("://");
  if (scheme == std::string::npos) refuse("'://' is missing");
  url.scheme = text.substr(0, scheme);
  if (url.scheme == "postgres") url.scheme = "postgresql";
  std::string_view rest = std::string_view(text).substr(scheme + 3);
  std::string_view address = cut(rest, '?');
  parse_authority(cut(address, '/'), url);
  url.path = decoded(address);
  while (!rest.empty()) {
    std::string_view pair = cut(rest, '&');
    const std::string key(cut(pair, '='));
    if (key.empty() || !std::ranges::all_of(key, [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); }))
      refuse("an option's name has letters and '_' alone");
    url.options.emplace_back(key, decoded(pair));
  }
  return url;
}

}  // namespace aisle
