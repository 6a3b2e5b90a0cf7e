#include <utility>

#include "core/error.h"
#include "featurize/subword/code_points.h"
#include "featurize/subword/model.h"

namespace aisle::subword {
namespace {

class WordPiece final : public Model {
 public:
  WordPiece(ByteTrie vocabulary, const WordPieceOptions& options)
      : Model(std::move(vocabulary)), max_characters_(options.max_characters) {
    unknown_ = vocabulary_.find(options.unknown);
    if (unknown_ == ByteTrie::kNoValue)
      throw Error(ErrorCode::kCorrupt, "the vocabulary has no unknown token " + in_quotes(options.unknown));
    continued_ = vocabulary_.walk(ByteTrie::kRoot, options.prefix);
  }

  TokenId unknown() const override { return unknown_; }
  bool is_slow() const override { return false; }

  void encode(std::string_view word, ModelScratch&, std::vector<TokenId>& ids) const override {
    const std::size_t before = ids.size();
    if (is_too_long(word) || !cut(word, ids)) {
      ids.resize(before);
      ids.push_back(unknown_);
    }
  }

 private:
  bool is_too_long(std::string_view word) const {
    if (word.size() <= max_characters_) return false;
    std::size_t characters = 0;
    for (std::size_t at = 0; at < word.size(); at += sequence_bytes(word[at])) ++characters;
    return characters > max_characters_;
  }

  // False where the word has a part that is no token.
  bool cut(std::string_view word, std::vector<TokenId>& ids) const {
    std::uint32_t start = ByteTrie::kRoot;
    for (std::size_t at = 0; at < word.size(); start = continued_) {
      std::uint32_t node = start;
      std::size_t end = at;
      TokenId id = ByteTrie::kNoValue;
      for (std::size_t i = at; node != ByteTrie::kNone && i < word.size(); ++i) {
        node = vocabulary_.step(node, word[i]);
        if (node == ByteTrie::kNone) break;
        if (vocabulary_.value(node) != ByteTrie::kNoValue) id = vocabulary_.value(node), end = i + 1;
      }
      if (id == ByteTrie::kNoValue) return false;
      ids.push_back(id);
      at = end;
    }
    return true;
  }

  std::size_t max_characters_;
  TokenId unknown_ = 0;
  std::uint32_t continued_ = ByteTrie::kNone;  // where the tokens start that continue a word
};

}  // namespace

std::unique_ptr<const Model> make_word_piece(const Vocabulary& tokens, const WordPieceOptions& options) {
  return std::make_unique<WordPiece>(ByteTrie(tokens), options);
}

}  // namespace aisle::subword
