// Which languages a batch is in, and which item is in one that is not expected.
//
// The rule, where nothing is configured: once 50 items had a language that is sure, a sure language that fewer than
// one in a hundred of them had is unexpected. A catalogue in several languages gives at most a few warnings, when
// one of them comes for the first time. Where languages are configured, any other one that is sure is unexpected.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "text/language.h"

namespace aisle {

// One thread at a time.
class LanguageWatch {
 public:
  // `expected`: codes such as "fr"; empty: learn.
  explicit LanguageWatch(std::vector<std::string> expected) : expected_(std::move(expected)) {}

  // Counts the language and says whether it is unexpected.
  bool is_unexpected(const Language& language);

  // Items by language; those that are not sure count as "un".
  const std::map<std::string, std::int64_t>& counts() const { return counts_; }

 private:
  static constexpr std::int64_t kMinSure = 50;

  std::vector<std::string> expected_;
  std::map<std::string, std::int64_t> counts_;
  std::int64_t sure_ = 0;
};

}  // namespace aisle
