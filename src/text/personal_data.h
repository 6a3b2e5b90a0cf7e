// Takes personal data out of text that will be kept (SPEC D3): e-mail addresses, phone numbers, and what a list of
// patterns adds. Numbers that people also write into catalogues (product codes, ISBN and EAN, prices, dates,
// versions, addresses of machines) stay.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace aisle {

// What else to mask: each match of `expression` (RE2 syntax) becomes "[name]".
struct PersonalDataPattern {
  std::string name;  // 1-64 of [A-Za-z0-9_-]
  std::string expression;
};

struct PersonalDataCounts {
  std::int64_t emails = 0;
  std::int64_t phones = 0;
  std::int64_t others = 0;  // of the patterns, together
  std::int64_t total() const { return emails + phones + others; }
};

// Thread-safe after construction. libphonenumber's tables are loaded at the first text that may hold a number.
class PersonalDataMasker {
 public:
  // `region`: two capital letters (ISO 3166); numbers without a country code are read as this country's. Throws
  // kInvalidArgument for an unknown region, a bad name, a pattern that RE2 refuses or that matches the empty text,
  // and more than 100 patterns.
  explicit PersonalDataMasker(std::string region = "FR", const std::vector<PersonalDataPattern>& patterns = {});
  ~PersonalDataMasker();
  PersonalDataMasker(PersonalDataMasker&&) noexcept;
  PersonalDataMasker& operator=(PersonalDataMasker&&) noexcept;

  // Masks in place: "[email]", "[phone]", "[name]". Masking again finds no address or number. Text without '@'
  // and without a stretch of eight digits costs a fraction of a nanosecond a byte.
  PersonalDataCounts mask(std::string& text) const;

 private:
  struct Patterns;
  std::string region_;
  std::unique_ptr<Patterns> patterns_;
};

}  // namespace aisle
