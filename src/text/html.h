// HTML to plain text (gumbo parses, by the HTML standard). Text without markup is known by a quick look and passes
// unchanged, so that "a < b" and "std::vector<int>" survive: '<' opens a tag only before a name of HTML, and only
// where a '>' follows. All functions are thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace aisle {

struct HtmlOptions {
  bool drop_code = false;  // drop <pre>, and <code> of more than one line; code within a sentence stays
};

// True when the text holds a tag or comment of HTML, or a character reference such as &amp; or &#233;.
bool has_html(std::string_view text);

// Replaces `out` by the text of `html`: block elements become line breaks, references are decoded, scripts, styles
// and comments vanish. Text without HTML is copied. Bounded: attributes are dropped before parsing, and a text of
// more than 4,000 tags is parsed in pieces, so neither depth nor memory grows beyond that of a piece.
void strip_html(std::string_view html, const HtmlOptions& options, std::string& out);

}  // namespace aisle
