#include <algorithm>
#include <array>
#include <utility>

#include "core/error.h"
#include "featurize/subword/byte_alphabet.h"
#include "featurize/subword/code_points.h"
#include "featurize/subword/merge_table.h"
#include "featurize/subword/model.h"

namespace aisle::subword {
namespace {

constexpr std::uint32_t kEnd = 0xFFFFFFFF;

class BytePair final : public Model {
 public:
  BytePair(ByteTrie vocabulary, const std::vector<MergeRule>& merges, const BytePairOptions& options)
      : Model(std::move(vocabulary)), options_(options), merges_(merges.size()) {
    if (options.unknown) {
      unknown_ = vocabulary_.find(*options.unknown);
      if (unknown_ < 0)
        throw Error(ErrorCode::kCorrupt, "the vocabulary has no unknown token " + in_quotes(*options.unknown));
    }
    for (std::size_t rank = 0; rank < merges.size(); ++rank) add_merge(merges[rank], static_cast<std::uint32_t>(rank));
    for (std::size_t byte = 0; byte < 256; ++byte) {
      std::string character;
      append_code_point(kByteAlphabet[byte], character);
      alphabet_ids_[byte] = vocabulary_.find(character);
      if (options.byte_fallback) fallback_ids_[byte] = vocabulary_.find(byte_token(static_cast<unsigned char>(byte)));
    }
  }

  TokenId unknown() const override { return unknown_; }

  void encode(std::string_view piece, ModelScratch& scratch, std::vector<TokenId>& ids) const override {
    if (options_.ignore_merges) {
      const TokenId whole = find_whole(piece, scratch);
      if (whole != ByteTrie::kNoValue) return ids.push_back(whole);
    }
    scratch.symbols.clear();
    options_.byte_level ? add_bytes(piece, scratch.symbols) : add_characters(piece, scratch.symbols);
    if (scratch.symbols.empty()) return;
    merge(scratch);
    for (std::uint32_t i = 0; i != kEnd; i = scratch.symbols[i].after) ids.push_back(scratch.symbols[i].id);
  }

 private:
  using Symbols = std::vector<ModelScratch::Symbol>;

  void add_merge(const MergeRule& rule, std::uint32_t rank) {
    const std::string made = std::string(rule.left) + std::string(rule.right);
    const TokenId left = vocabulary_.find(rule.left), right = vocabulary_.find(rule.right);
    const TokenId id = vocabulary_.find(made);
    if (left < 0 || right < 0 || id < 0)
      throw Error(ErrorCode::kCorrupt, "merge " + std::to_string(rank + 1) + " of " + in_quotes(rule.left) + " and " +
                                           in_quotes(rule.right) + " needs a token that the vocabulary has not");
    merges_.add(left, right, rank, id);
  }

  TokenId find_whole(std::string_view piece, ModelScratch& scratch) const {
    if (!options_.byte_level) return vocabulary_.find(piece);
    scratch.mapped.clear();
    for (const char byte : piece) append_code_point(kByteAlphabet[static_cast<unsigned char>(byte)], scratch.mapped);
    return vocabulary_.find(scratch.mapped);
  }

  // Appends characters as symbols. One that is not in the vocabulary becomes the tokens of its bytes, or unknown, or
  // nothing where the vocabulary has no unknown token.
  class Appender {
   public:
    Appender(const BytePair& model, Symbols& symbols) : model_(model), symbols_(symbols) {}

    // `id` of the character, or kNoValue; `bytes` as the vocabulary would write them.
    void add(TokenId id, std::string_view bytes) {
      if (id != ByteTrie::kNoValue) {
        flush();
        push(id);
      } else if (!add_fallback(bytes) && model_.unknown_ >= 0) {
        if (!model_.options_.fuse_unknown) flush();
        unknown_waits_ = true;
      }
    }

    // Appends what still waits.
    void flush() {
      if (std::exchange(unknown_waits_, false)) push(model_.unknown_);
    }

   private:
    bool add_fallback(std::string_view bytes) {
      const auto id_of = [&](char byte) { return model_.fallback_ids_[static_cast<unsigned char>(byte)]; };
      if (!model_.options_.byte_fallback) return false;
      if (!std::ranges::all_of(bytes, [&](char byte) { return id_of(byte) >= 0; })) return false;
      for (const char byte : bytes) push(id_of(byte));
      return true;
    }
    void push(TokenId id) {
      const auto place = static_cast<std::uint32_t>(symbols_.size());
      if (place > 0) symbols_.back().after = place;
      symbols_.push_back({id, place == 0 ? kEnd : place - 1, kEnd, false});
    }

    const BytePair& model_;
    Symbols& symbols_;
    bool unknown_waits_ = false;
  };

  void add_characters(std::string_view piece, Symbols& symbols) const {
    Appender appender(*this, symbols);
    for (std::size_t at = 0; at < piece.size();) {
      const std::string_view character = piece.substr(at, sequence_bytes(piece[at]));
      appender.add(vocabulary_.find(character), character);
      at += character.size();
    }
    appender.flush();
  }

  void add_bytes(std::string_view piece, Symbols& symbols) const {
    Appender appender(*this, symbols);
    for (const char c : piece) {
      const auto byte = static_cast<unsigned char>(c);
      std::string written;  // short: not on the heap
      if (alphabet_ids_[byte] < 0) append_code_point(kByteAlphabet[byte], written);
      appender.add(alphabet_ids_[byte], written);
    }
    appender.flush();
  }

  // The lowest rank first, of equal ones the leftmost. What has changed since it was queued is passed over.
  void merge(ModelScratch& scratch) const {
    Symbols& symbols = scratch.symbols;
    std::vector<ModelScratch::Merge>& queue = scratch.merges;
    const auto later = [](const ModelScratch::Merge& a, const ModelScratch::Merge& b) {
      return a.rank != b.rank ? a.rank > b.rank : a.place > b.place;
    };
    const auto propose = [&](std::uint32_t place) {
      const std::uint32_t next = symbols[place].after;
      const MergeTable::Entry* entry = next == kEnd ? nullptr : merges_.find(symbols[place].id, symbols[next].id);
      if (entry != nullptr) queue.push_back({entry->rank, place, entry->id});
      return entry != nullptr;
    };
    queue.clear();
    for (std::uint32_t place = 0; place < symbols.size(); ++place) propose(place);
    std::ranges::make_heap(queue, later);
    while (!queue.empty()) {
      std::ranges::pop_heap(queue, later);
      const ModelScratch::Merge top = queue.back();
      queue.pop_back();
      if (!apply(top, symbols)) continue;
      if (propose(top.place)) std::ranges::push_heap(queue, later);
      const std::uint32_t before = symbols[top.place].before;
      if (before != kEnd && propose(before)) std::ranges::push_heap(queue, later);
    }
  }

  // False where the two are not what they were.
  bool apply(const ModelScratch::Merge& merge, Symbols& symbols) const {
    ModelScratch::Symbol& left = symbols[merge.place];
    if (left.merged || left.after == kEnd) return false;
    ModelScratch::Symbol& right = symbols[left.after];
    const MergeTable::Entry* entry = merges_.find(left.id, right.id);
    if (entry == nullptr || entry->id != merge.id) return false;
    right.merged = true;
    left.id = merge.id;
    left.after = right.after;
    if (left.after != kEnd) symbols[left.after].before = merge.place;
    return true;
  }

  BytePairOptions options_;
  TokenId unknown_ = -1;
  MergeTable merges_;
  std::array<TokenId, 256> alphabet_ids_{};
  std::array<TokenId, 256> fallback_ids_{};
};

}  // namespace

std::unique_ptr<const Model> make_byte_pair(const Vocabulary& tokens, const std::vector<MergeRule>& merges,
                                            const BytePairOptions& options) {
  return std::make_unique<BytePair>(ByteTrie(tokens), merges, options);
}

}  // namespace aisle::subword
