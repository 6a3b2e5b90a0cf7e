// Which language a text is in (CLD2, 83 languages). Thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace aisle {

struct Language {
  std::string code = "un";  // "en", "fr", "zh-Hant"; "un": unknown; a guess where not reliable
  bool reliable = false;    // CLD2 is sure, and nearly all of the text is in this language
};

// Looks at the first 1,000 bytes: a few microseconds. Expects UTF-8; anything else is "un".
Language detect_language(std::string_view text);

}  // namespace aisle
