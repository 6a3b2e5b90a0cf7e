// The second step of a subword tokenizer: a normalised text to the pieces that the model looks at one by one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "featurize/subword/text_pattern.h"

namespace aisle::subword {

struct PieceRange {
  std::uint32_t begin = 0, end = 0;
};

// A text and the pieces of it so far, none empty. A step that changes the text writes it anew.
struct Pieces {
  std::string_view text;  // the caller's, or `own`
  std::vector<PieceRange> ranges;
  bool starts_text = true;  // byte 0 is the start of what the caller was given

  // Working memory of the steps.
  std::string own, next_own;
  std::vector<PieceRange> next_ranges;
  std::vector<Match> matches;

  void start(std::string_view whole, bool is_start);
  std::string_view piece(PieceRange range) const { return text.substr(range.begin, range.end - range.begin); }
  void add(std::size_t begin, std::size_t end) {
    if (begin < end) next_ranges.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
  }
  // Takes next_ranges, and next_own where the text was written anew.
  void finish(bool is_new_text);
};

class Splitter {
 public:
  virtual ~Splitter() = default;
  virtual void apply(Pieces& pieces) const = 0;  // thread-safe
};

using Splitters = std::vector<std::unique_ptr<const Splitter>>;

// What becomes of a match: the text "a-b" at "-".
enum class SplitBehavior {
  kRemoved,             // a b
  kIsolated,            // a - b
  kMergedWithPrevious,  // a- b
  kMergedWithNext,      // a -b
  kContiguous,          // as isolated, but matches that touch are one
};

enum class PrefixSpace { kAlways, kFirst, kNever };

std::unique_ptr<const Splitter> make_bert_splitter();  // at white space, and punctuation is isolated
// inverted: what is between the matches counts as the match.
std::unique_ptr<const Splitter> make_pattern_splitter(std::unique_ptr<const TextPattern> pattern,
                                                      SplitBehavior behavior, bool inverted);
// Spaces become `replacement`; a word begins with one.
std::unique_ptr<const Splitter> make_metaspace_splitter(std::string replacement, PrefixSpace prefix, bool split);
// The splitting half of "ByteLevel": the model maps the bytes.
std::unique_ptr<const Splitter> make_byte_level_splitter(bool add_prefix_space, bool split);

}  // namespace aisle::subword
