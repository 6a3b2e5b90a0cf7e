// Tokens that are found in the text itself before anything else looks at it: "[MASK]", "<s>". A text that holds such a
// word gets its id, as with Hugging Face.
#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "featurize/subword/byte_trie.h"
#include "featurize/subword/model.h"

namespace aisle::subword {

struct AddedToken {
  std::string content;
  TokenId id = 0;
  bool single_word = false;  // not where a letter stands beside it
  bool strip_left = false;   // takes the white space before it
  bool strip_right = false;
  bool normalized = false;  // looked for in the normalised text
  bool special = false;
};

struct AddedMatch {
  std::size_t begin = 0, end = 0;
  TokenId id = 0;
};

class AddedTokens {
 public:
  AddedTokens() = default;
  // Contents as they are to be found; of equal ones the first counts; empty ones are ignored.
  explicit AddedTokens(std::vector<AddedToken> tokens);

  // The first match that starts at or after `from` and takes no white space before `from`; of several tokens the
  // longest. Linear in what it passes over (times the longest token). Thread-safe.
  std::optional<AddedMatch> find(std::string_view text, std::size_t from) const;

 private:
  bool fits(const AddedToken& token, std::string_view text, std::size_t begin, std::size_t end) const;

  std::vector<AddedToken> tokens_;
  ByteTrie trie_;  // content to index in tokens_
  std::bitset<256> first_bytes_;
};

}  // namespace aisle::subword
