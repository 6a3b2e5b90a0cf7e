// What a text is split at, or what is replaced in it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace aisle::subword {

struct Match {
  std::size_t begin = 0, end = 0;
  bool is_match = false;  // false: what stands between matches
};

// Collects matches, and what is between them.
class Cover {
 public:
  explicit Cover(std::vector<Match>& out) : out_(out) { out_.clear(); }
  void match(std::size_t begin, std::size_t end) {
    gap_to(begin);
    out_.push_back({begin, end, true});
    covered_ = end;
  }
  void gap_to(std::size_t end) {
    if (covered_ < end) out_.push_back({covered_, end, false});
    covered_ = end;
  }

 private:
  std::vector<Match>& out_;
  std::size_t covered_ = 0;
};

class TextPattern {
 public:
  virtual ~TextPattern() = default;
  // Replaces `out` by matches and what is between them, in order, none of it empty; together they are the text.
  // `text` is well-formed UTF-8, and so is each part. Thread-safe, linear in the text.
  virtual void find(std::string_view text, std::vector<Match>& out) const = 0;
};

std::unique_ptr<const TextPattern> make_literal_pattern(std::string literal);  // throws kCorrupt where it is empty
// Every character of a class is a match of its own.
std::unique_ptr<const TextPattern> make_character_pattern(bool (*is_in_class)(char32_t));
// Runs of \w, and runs of what is neither \w nor white space.
std::unique_ptr<const TextPattern> make_word_pattern();
std::unique_ptr<const TextPattern> make_gpt2_pattern();
// A regular expression as tokenizer.json writes it. GPT-2's is one of our own; others are RE2's where it means the
// same, else kUnsupported, with the expression.
std::unique_ptr<const TextPattern> make_regex_pattern(const std::string& expression);

}  // namespace aisle::subword
