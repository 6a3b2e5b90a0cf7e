#include <algorithm>
#include <array>
#include <utility>

#include "core/error.h"
#include "featurize/subword/code_points.h"
#include "featurize/subword/model.h"

namespace aisle::subword {
namespace {

constexpr std::uint32_t kUnreached = 0xFFFFFFFF;
constexpr double kUnknownPenalty = 10;  // below the worst token, as sentencepiece has it

class Unigram final : public Model {
 public:
  Unigram(ByteTrie vocabulary, std::vector<double> scores, const UnigramOptions& options)
      : Model(std::move(vocabulary)), scores_(std::move(scores)), unknown_(options.unknown) {
    if (unknown_ < 0 || static_cast<std::size_t>(unknown_) >= scores_.size())
      throw Error(ErrorCode::kCorrupt, "the id of the unknown token, " + std::to_string(unknown_) +
                                           ", is not in the vocabulary of " + std::to_string(scores_.size()));
    unknown_score_ = std::ranges::min(scores_) - kUnknownPenalty;
    if (options.byte_fallback) find_byte_tokens();
  }

  TokenId unknown() const override { return unknown_; }

  void encode(std::string_view piece, ModelScratch& scratch, std::vector<TokenId>& ids) const override {
    find_path(piece, scratch.path);
    emit_path(piece, scratch.path, ids);
  }

 private:
  using Path = std::vector<ModelScratch::PathNode>;

  void find_byte_tokens() {
    has_bytes_ = true;
    for (std::size_t byte = 0; byte < byte_ids_.size(); ++byte) {
      byte_ids_[byte] = vocabulary_.find(byte_token(static_cast<unsigned char>(byte)));
    }
  }

  // Viterbi's algorithm over the bytes: path[i] is the best way to the first i bytes.
  void find_path(std::string_view piece, Path& path) const {
    path.assign(piece.size() + 1, {0, kUnreached, unknown_});
    for (std::size_t at = 0; at < piece.size();) {
      const double score = path[at].score;
      const std::size_t character = sequence_bytes(piece[at]);
      const auto reach = [&](std::size_t end, double gain, TokenId id) {
        ModelScratch::PathNode& node = path[end];
        if (node.start == kUnreached || score + gain > node.score)
          node = {score + gain, static_cast<std::uint32_t>(at), id};
      };
      std::uint32_t node = ByteTrie::kRoot;
      bool has_character = false;
      for (std::size_t end = at; end < piece.size();) {
        node = vocabulary_.step(node, piece[end++]);
        if (node == ByteTrie::kNone) break;
        const TokenId id = vocabulary_.value(node);
        if (id == ByteTrie::kNoValue) continue;
        reach(end, scores_[static_cast<std::size_t>(id)], id);
        has_character |= end - at == character;
      }
      if (!has_character) reach(at + character, unknown_score_, unknown_);
      at += character;
    }
  }

  // Reads the path from its end; neighbours that are unknown become one.
  void emit_path(std::string_view piece, const Path& path, std::vector<TokenId>& ids) const {
    const std::size_t first = ids.size();
    for (std::size_t end = piece.size(); end > 0;) {
      const ModelScratch::PathNode& node = path[end];
      std::size_t start = node.start;
      if (node.id == unknown_) {
        while (start > 0 && path[start].id == unknown_) start = path[start].start;
        emit_unknown(piece.substr(start, end - start), ids);
      } else {
        ids.push_back(node.id);
      }
      end = start;
    }
    std::reverse(ids.begin() + static_cast<std::ptrdiff_t>(first), ids.end());
  }

  // Appends in reverse.
  void emit_unknown(std::string_view text, std::vector<TokenId>& ids) const {
    const TokenId whole = vocabulary_.find(text);
    if (whole != ByteTrie::kNoValue) return ids.push_back(whole);
    const auto id_of = [&](char byte) { return byte_ids_[static_cast<unsigned char>(byte)]; };
    const bool in_bytes = has_bytes_ && std::ranges::all_of(text, [&](char byte) { return id_of(byte) >= 0; });
    if (in_bytes) {
      for (std::size_t i = text.size(); i > 0; --i) ids.push_back(id_of(text[i - 1]));
    } else {
      ids.push_back(unknown_);
    }
  }

  std::vector<double> scores_;
  TokenId unknown_;
  double unknown_score_ = 0;
  bool has_bytes_ = false;
  std::array<TokenId, 256> byte_ids_{};
};

}  // namespace

std::string byte_token(unsigned char byte) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  return {'<', '0', 'x', kDigits[byte >> 4], kDigits[byte & 15], '>'};
}

std::unique_ptr<const Model> make_unigram(const Vocabulary& tokens, std::vector<double> scores,
                                          const UnigramOptions& options) {
  return std::make_unique<Unigram>(ByteTrie(tokens), std::move(scores), options);
}

}  // namespace aisle::subword
