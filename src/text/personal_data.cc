#include "text/personal_data.h"

#include <re2/re2.h>

#include <algorithm>

#include "core/error.h"
#include "text/ascii.h"
#include "text/email.h"
#include "text/phone_numbers.h"

namespace aisle {
namespace {

constexpr std::size_t kMaxPatterns = 100;
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::int64_t kPatternMemory = 8 << 20;

// Replaces the ranges, which are in order and apart.
void replace(std::string& text, const std::vector<TextRange>& ranges, std::string_view by) {
  std::string result;
  std::size_t position = 0;
  for (const TextRange& range : ranges) {
    result.append(text, position, range.begin - position).append(by);
    position = range.end;
  }
  text = result.append(text, position);
}

std::int64_t mask_ranges(std::string& text, const std::vector<TextRange>& ranges, std::string_view by) {
  if (!ranges.empty()) replace(text, ranges, by);
  return static_cast<std::int64_t>(ranges.size());
}

std::vector<TextRange> find_emails(std::string_view text) {
  std::vector<TextRange> found;
  for (TextRange range = find_email(text, 0); !range.empty(); range = find_email(text, range.end))
    found.push_back(range);
  return found;
}

void check_region(const std::string& region) {
  // The usual one is not looked up: that would load libphonenumber's tables for texts without a number.
  if (region == "FR" || is_phone_region(region)) return;
  throw Error(ErrorCode::kInvalidArgument, "no country for phone numbers has the code '" + region.substr(0, 80) +
                                               "'; give two capital letters (ISO 3166), such as FR");
}

void check_name(const std::string& name) {
  const auto allowed = [](char c) { return ascii::is_letter(c) || ascii::is_digit(c) || c == '_' || c == '-'; };
  if (!name.empty() && name.size() <= kMaxNameBytes && std::ranges::all_of(name, allowed)) return;
  throw Error(
      ErrorCode::kInvalidArgument,
      "a pattern's name has 1 to 64 letters, digits, '_' or '-'; this one has not: '" + name.substr(0, 80) + "'");
}

}  // namespace

struct PersonalDataMasker::Patterns {
  struct Entry {
    std::string mask;
    std::unique_ptr<RE2> expression;
  };
  std::vector<Entry> entries;

  void add(const PersonalDataPattern& pattern) {
    check_name(pattern.name);
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kPatternMemory);
    auto expression = std::make_unique<RE2>(pattern.expression, options);
    if (!expression->ok()) {
      throw Error(ErrorCode::kInvalidArgument,
                  "the pattern for personal data is not a regular expression: " + expression->error(),
                  {{"pattern", pattern.name}});
    }
    if (RE2::FullMatch("", *expression)) {
      throw Error(ErrorCode::kInvalidArgument, "the pattern for personal data matches the empty text",
                  {{"pattern", pattern.name}});
    }
    entries.push_back({"[" + pattern.name + "]", std::move(expression)});
  }
};

PersonalDataMasker::PersonalDataMasker(std::string region, const std::vector<PersonalDataPattern>& patterns)
    : region_(std::move(region)), patterns_(std::make_unique<Patterns>()) {
  check_region(region_);
  if (patterns.size() > kMaxPatterns) {
    throw Error(ErrorCode::kInvalidArgument,
                "at most 100 patterns for personal data, not " + std::to_string(patterns.size()));
  }
  for (const PersonalDataPattern& pattern : patterns) patterns_->add(pattern);
}

PersonalDataMasker::~PersonalDataMasker() = default;
PersonalDataMasker::PersonalDataMasker(PersonalDataMasker&&) noexcept = default;
PersonalDataMasker& PersonalDataMasker::operator=(PersonalDataMasker&&) noexcept = default;

PersonalDataCounts PersonalDataMasker::mask(std::string& text) const {
  PersonalDataCounts counts;
  counts.emails = mask_ranges(text, find_emails(text), "[email]");
  counts.phones = mask_ranges(text, find_phone_numbers(text, region_), "[phone]");
  for (const Patterns::Entry& entry : patterns_->entries) {
    counts.others += RE2::GlobalReplace(&text, *entry.expression, entry.mask);
  }
  return counts;
}

}  // namespace aisle
