// The last step of a subword tokenizer: one piece of prepared text to the ids of a vocabulary.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "featurize/subword/byte_trie.h"

namespace aisle::subword {

using TokenId = std::int32_t;  // not negative

// One thread's working memory; each model uses its part.
struct ModelScratch {
  struct PathNode {  // Unigram: the best way to a position
    double score = 0;
    std::uint32_t start = 0;
    TokenId id = 0;
  };
  struct Symbol {  // BPE: a list of what is not merged yet
    TokenId id = 0;
    std::uint32_t before = 0, after = 0;
    bool merged = false;  // into the one before it
  };
  struct Merge {
    std::uint32_t rank = 0, place = 0;
    TokenId id = 0;
  };
  std::vector<PathNode> path;
  std::vector<Symbol> symbols;
  std::vector<Merge> merges;
  std::string mapped;
};

class Model {
 public:
  virtual ~Model() = default;
  // Appends the ids of a piece (UTF-8, not empty). Thread-safe. Linear in the piece, or n log n for BPE.
  virtual void encode(std::string_view piece, ModelScratch& scratch, std::vector<TokenId>& ids) const = 0;
  virtual TokenId unknown() const = 0;  // -1: none
  // False where looking a piece up is as quick as remembering it.
  virtual bool is_slow() const { return true; }

  const ByteTrie& vocabulary() const { return vocabulary_; }

 protected:
  explicit Model(ByteTrie vocabulary) : vocabulary_(std::move(vocabulary)) {}
  ByteTrie vocabulary_;
};

using Vocabulary = std::vector<TrieKey>;  // token, id

struct WordPieceOptions {
  std::string unknown = "[UNK]";
  std::string prefix = "##";         // of what continues a word
  std::size_t max_characters = 100;  // a longer word is unknown
};

struct BytePairOptions {
  std::optional<std::string> unknown;
  bool fuse_unknown = false;
  bool byte_fallback = false;
  bool ignore_merges = false;  // a piece that is a token is that token
  bool byte_level = false;     // pieces are bytes; tokens are written in GPT-2's alphabet of bytes
};

struct UnigramOptions {
  TokenId unknown = 0;
  bool byte_fallback = false;
};

// Views into what the caller keeps during the call.
struct MergeRule {
  std::string_view left, right;
};

// Longest match first (Wu et al. 2016, BERT's variant). Throws kCorrupt where the unknown token is not in `tokens`.
std::unique_ptr<const Model> make_word_piece(const Vocabulary& tokens, const WordPieceOptions& options);

// Most probable segmentation (Kudo 2018). scores[i] belongs to the token with id i. Throws kCorrupt where the unknown
// id is not a token's.
std::unique_ptr<const Model> make_unigram(const Vocabulary& tokens, std::vector<double> scores,
                                          const UnigramOptions& options);

// Merges in the order that they were learnt in (Sennrich et al. 2016). Throws kCorrupt where a merge names or makes a
// token that is not there.
std::unique_ptr<const Model> make_byte_pair(const Vocabulary& tokens, const std::vector<MergeRule>& merges,
                                            const BytePairOptions& options);

// "<0x0A>", the token of a byte in vocabularies with byte fallback.
std::string byte_token(unsigned char byte);

}  // namespace aisle::subword
