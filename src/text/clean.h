// The one way a text is prepared before a model sees it: the same code for training and prediction. Thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace aisle {

struct CleanOptions {
  bool html = true;               // strip HTML where there is some
  bool drop_code = false;         // with html: drop blocks of code
  bool drop_emails = true;        // e-mail addresses, and the "[email]" and "[phone]" that stand for masked ones
  bool drop_urls = false;         // "https://..." and "www..."
  bool drop_punctuation = false;  // keep letters, marks, digits and white space alone

  friend bool operator==(const CleanOptions&, const CleanOptions&) = default;
};

// Replaces `out` by the cleaned `text`: as the options say, without control characters, every run of white space
// (no-break spaces too) one space, none at either end. Cleaning twice with html off changes nothing. Expects UTF-8;
// other bytes pass through. `out` must not hold `text`. Plain ASCII costs about half a nanosecond a byte.
void clean(std::string_view text, const CleanOptions& options, std::string& out);
std::string clean(std::string_view text, const CleanOptions& options);

}  // namespace aisle
