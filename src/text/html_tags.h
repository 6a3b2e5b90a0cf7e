// Finds the tags of HTML in a text, before any parser sees it. Internal to the module.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace aisle {

struct HtmlTag {
  std::size_t end = 0;    // position after the '>'; 0: this '<' opens no tag
  std::string_view name;  // as written; "" for comments, declarations and processing instructions
  bool closing = false;
};

// Looks at tags from left to right. Remembers what does not come any more, so that a text of a million '<' or '"'
// takes linear time.
class HtmlTagFinder {
 public:
  explicit HtmlTagFinder(std::string_view text);

  // What the '<' at `position` opens.
  HtmlTag at(std::size_t position);

 private:
  std::size_t end_of_tag(std::size_t position);
  std::size_t find_quote(char quote, std::size_t position);
  // Scripts and styles lose their text: one that is never closed is a word in a sentence, not a tag.
  bool is_closed_later(std::string_view name, std::size_t position);

  std::string_view text_;
  std::size_t last_end_;                      // of '>'
  std::size_t last_quote_[2] = {0, 0};        // of '"' and '\''
  std::size_t last_comment_end_;              // of "-->"
  std::optional<std::size_t> last_close_[2];  // of "</script" and "</style"; npos: none
};

}  // namespace aisle
