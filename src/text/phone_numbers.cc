#include "text/phone_numbers.h"

#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumbermatch.h>
#include <phonenumbers/phonenumbermatcher.h>
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>
#include <set>

#include "text/ascii.h"
#include "text/unicode.h"

namespace aisle {
namespace {

namespace pn = i18n::phonenumbers;

constexpr std::size_t kMinDigits = 8;
constexpr std::size_t kMaxSpan = 200;      // bytes given to libphonenumber at once
constexpr std::size_t kMaxSeparators = 3;  // between two digits: " (", ") ", " - "
constexpr int kMaxTries = 50;
constexpr std::size_t kMaxSearches = 1000;  // in one text; a list of numbers that is longer is masked unseen

// Loaded by the first call, and told not to print.
const pn::PhoneNumberUtil& phone_util() {
  static const pn::PhoneNumberUtil* const util = [] {
    pn::PhoneNumberUtil* const made = pn::PhoneNumberUtil::GetInstance();
    made->SetLogger(new pn::NullLogger);  // owned by the library from here on
    return made;
  }();
  return *util;
}

// Length of the separator at `i` that may stand inside a phone number, 0 when there is none.
std::size_t separator_length(std::string_view text, std::size_t i) {
  static constexpr std::array<std::string_view, 6> kWide = {"\u00A0", "\u202F", "\u2009", "\u2010", "\u2011", "\u2013"};
  if (std::string_view(" .-/()+").find(text[i]) != std::string_view::npos) return 1;
  for (const std::string_view wide : kWide) {
    if (text.substr(i, wide.size()) == wide) return wide.size();
  }
  return 0;
}

// A stretch of digits and separators.
struct Span {
  TextRange range;
  std::size_t digits = 0;
};

// The next stretch at or after `from` that starts with a digit, '+' or '('; empty at the end of the text.
Span next_span(std::string_view text, std::size_t from) {
  Span span;
  while (from < text.size() && !ascii::is_digit(text[from])) ++from;
  span.range = {from, from};
  if (from == text.size()) return span;
  while (span.range.begin > 0 && (text[span.range.begin - 1] == '+' || text[span.range.begin - 1] == '('))
    --span.range.begin;
  std::size_t separators = 0;
  for (std::size_t i = from; i < text.size() && i - from < kMaxSpan;) {
    if (ascii::is_digit(text[i])) {
      ++span.digits;
      span.range.end = ++i;
      separators = 0;
    } else {
      const std::size_t length = separator_length(text, i);
      if (length == 0 || ++separators > kMaxSeparators) break;
      i += length;
    }
  }
  return span;
}

// Words after which a number is the name of a thing.
bool follows_code_word(std::string_view text, std::size_t begin) {
  static constexpr std::array<std::string_view, 24> kWords = {
      "isbn",    "issn", "ean",   "upc",   "gtin", "asin", "sku",  "ref", "réf",   "reference", "référence", "art",
      "article", "code", "siret", "siren", "tva",  "vat",  "iban", "lot", "série", "serial",    "p/n",       "s/n"};
  const std::size_t context = begin > 40 ? begin - 40 : 0;
  std::string before = fold(text.substr(context, begin - context));
  const auto is_joint = [](char c) { return std::string_view(" :.#=-()013").find(c) != std::string_view::npos; };
  while (!before.empty() && is_joint(before.back())) before.pop_back();
  for (const std::string_view sign :
       {std::string_view("n°"), std::string_view("no"), std::string_view("number"), std::string_view("numéro")}) {
    if (before.ends_with(sign)) before.resize(before.size() - sign.size());
  }
  while (!before.empty() && is_joint(before.back())) before.pop_back();
  return std::ranges::any_of(kWords, [&](std::string_view word) {
    if (!before.ends_with(word)) return false;
    const std::size_t start = before.size() - word.size();
    return start == 0 ||
           !(ascii::is_letter(before[start - 1]) || static_cast<unsigned char>(before[start - 1]) >= 0x80);
  });
}

// "0.612345678" and "0,612..": a decimal number; "192.168.100.200": a machine.
bool is_decimal_or_address(std::string_view number) {
  if (number.size() > 4 && number[0] == '0' && number[1] == '.' &&
      std::ranges::all_of(number.substr(2), ascii::is_digit))
    return true;
  const auto dots = std::ranges::count(number, '.');
  return dots == 3 && number.find_first_not_of("0123456789.") == std::string_view::npos;
}

// Signs at which a number goes on, so that what was found is only a part of it.
bool is_joined(std::string_view text, const TextRange& range) {
  const auto at = [&](std::size_t i) { return i < text.size() ? text[i] : ' '; };
  const char before = range.begin > 0 ? text[range.begin - 1] : ' ';
  const char before_that = range.begin > 1 ? text[range.begin - 2] : ' ';
  const char after = at(range.end);
  const auto word = [](char c) { return ascii::is_letter(c) || ascii::is_digit(c) || c == '_'; };
  if (word(before) || before == '#' || word(after)) return true;
  const bool sign_before = std::string_view(".,-/").find(before) != std::string_view::npos;
  const bool sign_after = std::string_view(".,-/").find(after) != std::string_view::npos;
  return (sign_before && word(before_that)) || (sign_after && ascii::is_digit(at(range.end + 1)));
}

// "0-306-40615-2": the groups of a phone number do not end with a single digit, those of a book's number do.
bool ends_with_check_digit(std::string_view number) {
  return number.size() > 2 && !ascii::is_digit(number[number.size() - 2]);
}

bool is_phone(std::string_view text, const TextRange& range) {
  const std::string_view number = text.substr(range.begin, range.end - range.begin);
  return !is_decimal_or_address(number) && !ends_with_check_digit(number) && !is_joined(text, range) &&
         !follows_code_word(text, range.begin);
}

// True where a number may begin: after '+', and in most countries with a 0 in front of the area.
bool may_hold_phone(std::string_view text, const Span& span, bool zero_first) {
  if (span.digits < kMinDigits) return false;
  if (!zero_first || text[span.range.begin] == '0') return true;
  for (std::size_t i = span.range.begin; i < span.range.end; ++i) {
    if (text[i] == '+' || (text[i] == '0' && !ascii::is_digit(text[i - 1]))) return true;
  }
  return false;
}

// Adds the numbers of one stretch; libphonenumber sees a little of what stands around it.
void search_span(std::string_view text, const TextRange& span, const std::string& region,
                 std::vector<TextRange>& found) {
  const bool context = span.begin > 0 && static_cast<unsigned char>(text[span.begin - 1]) < 0x80;
  const std::size_t from = span.begin - (context ? 1 : 0);
  const std::string_view window = truncate_bytes(text.substr(from), span.end - from + 4);
  pn::PhoneNumberMatcher matcher(phone_util(), std::string(window), region, pn::PhoneNumberMatcher::VALID, kMaxTries);
  pn::PhoneNumberMatch match;
  while (matcher.HasNext() && matcher.Next(&match)) {
    TextRange range{from + static_cast<std::size_t>(match.start()), from + static_cast<std::size_t>(match.end())};
    const std::string_view number = text.substr(range.begin, range.end - range.begin);
    if (number.front() == '(' && std::ranges::count(number, '(') > std::ranges::count(number, ')')) ++range.begin;
    const bool overlaps = !found.empty() && range.begin < found.back().end;  // with an extension, "x 12"
    if (!overlaps && is_phone(text, range)) found.push_back(range);
  }
}

}  // namespace

bool is_phone_region(const std::string& region) {
  std::set<std::string> known;
  phone_util().GetSupportedRegions(&known);
  return known.contains(region);
}

bool has_zero_prefix(const std::string& region) {
  std::string prefix;
  phone_util().GetNddPrefixForRegion(region, true, &prefix);
  return prefix == "0";
}

std::vector<TextRange> find_phone_numbers(std::string_view text, const std::string& region) {
  std::vector<TextRange> found;
  const bool zero_first = region == "FR" || has_zero_prefix(region);
  std::size_t searches = 0;
  for (std::size_t position = 0; position < text.size();) {
    const Span span = next_span(text, position);
    if (may_hold_phone(text, span, zero_first)) {
      if (++searches <= kMaxSearches) {
        search_span(text, span.range, region, found);
      } else {
        found.push_back(span.range);
      }
    }
    position = std::max(span.range.end, position + 1);
    if (!found.empty()) position = std::max(position, found.back().end);
  }
  return found;
}

}  // namespace aisle
