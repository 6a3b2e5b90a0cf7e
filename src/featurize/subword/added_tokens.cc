#include "featurize/subword/added_tokens.h"

#include <utility>

#include "featurize/subword/character_classes.h"
#include "featurize/subword/code_points.h"

namespace aisle::subword {

AddedTokens::AddedTokens(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)) {
  std::vector<TrieKey> keys;
  for (std::size_t i = tokens_.size(); i > 0; --i) {  // backwards: the trie keeps the last
    const AddedToken& token = tokens_[i - 1];
    if (token.content.empty()) continue;
    keys.push_back({token.content, static_cast<std::int32_t>(i - 1)});
    first_bytes_.set(static_cast<unsigned char>(token.content[0]));
  }
  trie_ = ByteTrie(std::move(keys));
}

std::optional<AddedMatch> AddedTokens::find(std::string_view text, std::size_t from) const {
  if (first_bytes_.none()) return std::nullopt;
  for (std::size_t at = from; at < text.size(); ++at) {
    if (!first_bytes_[static_cast<unsigned char>(text[at])]) continue;
    std::size_t end = at;
    const AddedToken* token = nullptr;
    std::uint32_t node = ByteTrie::kRoot;
    for (std::size_t i = at; i < text.size(); ++i) {
      node = trie_.step(node, text[i]);
      if (node == ByteTrie::kNone) break;
      if (trie_.value(node) == ByteTrie::kNoValue) continue;
      token = &tokens_[static_cast<std::size_t>(trie_.value(node))];
      end = i + 1;
    }
    if (token == nullptr) continue;
    if (!fits(*token, text, at, end)) {
      at = end - 1;  // what is within it is passed over too
      continue;
    }
    AddedMatch match{at, end, token->id};
    for (std::size_t i = at; token->strip_left && i > from && is_space(previous_code_point(text, i));) match.begin = i;
    for (std::size_t i = end; token->strip_right && i < text.size() && is_space(next_code_point(text, i));)
      match.end = i;
    return match;
  }
  return std::nullopt;
}

bool AddedTokens::fits(const AddedToken& token, std::string_view text, std::size_t begin, std::size_t end) const {
  if (!token.single_word) return true;
  if (begin > 0 && is_word(previous_code_point(text, begin))) return false;
  return end == text.size() || !is_word(next_code_point(text, end));
}

}  // namespace aisle::subword
