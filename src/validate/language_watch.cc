#include "validate/language_watch.h"

#include <algorithm>

namespace aisle {

bool LanguageWatch::is_unexpected(const Language& language) {
  if (!language.reliable) {
    ++counts_["un"];
    return false;
  }
  std::int64_t& count = counts_[language.code];
  const bool rare = sure_ >= kMinSure && count * 100 < sure_;
  ++count;
  ++sure_;
  return expected_.empty() ? rare : std::ranges::find(expected_, language.code) == expected_.end();
}

}  // namespace aisle
