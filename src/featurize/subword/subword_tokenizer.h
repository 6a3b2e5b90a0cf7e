// Texts to the token ids of a pretrained text network: WordPiece, Unigram and byte-level BPE, with the same ids as
// Hugging Face's `tokenizers`. One object serves training and serving, any number of threads at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "featurize/subword/added_tokens.h"
#include "featurize/subword/model.h"
#include "featurize/subword/normalizer.h"
#include "featurize/subword/splitter.h"
#include "featurize/subword/word_cache.h"

namespace aisle {

using subword::TokenId;

inline constexpr std::size_t kDefaultMaxTokens = 128;

// Several texts, packed without padding: text i has ids[ends[i - 1], ends[i]), the first from 0.
struct TokenBatch {
  std::vector<TokenId> ids;
  std::vector<std::uint32_t> ends;

  void clear() { ids.clear(), ends.clear(); }
  std::size_t size() const { return ends.size(); }
  std::span<const TokenId> text(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    return {ids.data() + begin, ends[i] - begin};
  }
};

// Ids with a role; unset where the tokenizer has no such token.
struct SpecialIds {
  std::optional<TokenId> unknown, begin, end, padding, mask;
};

// One thread's working memory; best kept for one tokenizer, for it remembers words.
struct SubwordScratch {
  std::string repaired, normalized, other;
  subword::Pieces pieces;
  subword::ModelScratch model;
  subword::WordCache words;
};

struct SubwordParts {
  subword::Normalizers normalizers;
  subword::Splitters splitters;
  std::unique_ptr<const subword::Model> model;
  std::vector<subword::AddedToken> added;
  std::vector<TokenId> before, after;  // put around every text: [CLS] and [SEP]
};

class SubwordTokenizer {
 public:
  explicit SubwordTokenizer(SubwordParts parts);

  // Appends the ids of a text, special ones included: at most max_tokens, cut at the end of the text (but never the
  // special ones; all type ids are 0). What is not UTF-8 counts as U+FFFD. At most limits::kFieldBytes of the text are
  // read, in linear time. Thread-safe, each thread with its own scratch.
  void encode(std::string_view text, std::size_t max_tokens, SubwordScratch& scratch, std::vector<TokenId>& ids) const;
  std::vector<TokenId> encode(std::string_view text, std::size_t max_tokens = kDefaultMaxTokens) const;
  // Appends texts to the batch. Throws kTooLarge over 2^32 ids.
  void encode(std::span<const std::string_view> texts, std::size_t max_tokens, SubwordScratch& scratch,
              TokenBatch& batch) const;

  // Every id is below it.
  std::size_t vocabulary_size() const { return vocabulary_size_; }
  const SpecialIds& special_ids() const { return special_; }
  std::optional<TokenId> id(std::string_view token) const;

 private:
  struct Target;
  void append_text(std::string_view text, bool is_start, Target& target) const;
  void append_normalized(std::string_view text, bool is_start, Target& target) const;
  void append_pieces(std::string_view text, bool is_start, Target& target) const;

  SubwordParts parts_;
  subword::AddedTokens raw_added_, normalized_added_;
  SpecialIds special_;
  std::size_t vocabulary_size_ = 0;
  std::uint64_t number_ = 0;  // of this object in the process: whose words a cache holds
};

// Reads a tokenizer: a tokenizer.json, or a folder with tokenizer.json, else vocab.txt (BERT's WordPiece; lower case
// and accents as tokenizer_config.json says), else vocab.json and merges.txt (byte-level BPE of GPT-2 and RoBERTa).
// Throws kNotFound, kTooLarge, kCorrupt where a file is wrong, kUnsupported with the component that is not known;
// each names the file.
std::shared_ptr<const SubwordTokenizer> open_subword_tokenizer(const std::filesystem::path& path);

// The same from bytes.
SubwordTokenizer parse_tokenizer_json(std::string_view json);
SubwordTokenizer parse_wordpiece_vocabulary(std::string_view vocab_txt, const subword::BertNormalizerOptions& options);
SubwordTokenizer parse_byte_pair_vocabulary(std::string_view vocab_json, std::string_view merges_txt);

}  // namespace aisle
