#include "featurize/subword/subword_tokenizer.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <utility>

#include "core/error.h"
#include "domain/limits.h"
#include "featurize/subword/code_points.h"
#include "text/unicode.h"

namespace aisle {
namespace {

using subword::AddedMatch;
using subword::AddedToken;
using subword::AddedTokens;

std::uint64_t next_number() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

std::vector<AddedToken> raw_tokens(const std::vector<AddedToken>& all) {
  std::vector<AddedToken> raw;
  std::ranges::copy_if(all, std::back_inserter(raw), [](const AddedToken& token) { return !token.normalized; });
  return raw;
}

// Their content as the normalised text has it.
std::vector<AddedToken> normalized_tokens(const std::vector<AddedToken>& all, const subword::Normalizers& steps) {
  std::vector<AddedToken> normalized;
  std::string one, other;
  for (AddedToken token : all) {
    if (!token.normalized) continue;
    token.content = std::string(subword::normalize(steps, token.content, one, other).text);
    normalized.push_back(std::move(token));
  }
  return normalized;
}

// Calls found(id) for added tokens and rest(text, is_start) for what is between them, until `done()`.
template <typename Found, typename Rest, typename Done>
void split_at(const AddedTokens& tokens, std::string_view text, Found&& found, Rest&& rest, Done&& done) {
  std::size_t at = 0;
  while (!done()) {
    const std::optional<AddedMatch> match = tokens.find(text, at);
    const std::size_t end = match ? match->begin : text.size();
    if (at < end) rest(text.substr(at, end - at), at == 0);
    if (!match) return;
    found(match->id);
    at = match->end;
  }
}

}  // namespace

struct SubwordTokenizer::Target {
  SubwordScratch& scratch;
  std::vector<TokenId>& ids;
  std::size_t full;  // size of ids at which nothing more is wanted
  bool is_full() const { return ids.size() >= full; }
};

SubwordTokenizer::SubwordTokenizer(SubwordParts parts)
    : parts_(std::move(parts)),
      raw_added_(raw_tokens(parts_.added)),
      normalized_added_(normalized_tokens(parts_.added, parts_.normalizers)),
      number_(next_number()) {
  if (parts_.model->unknown() >= 0) special_.unknown = parts_.model->unknown();
  if (!parts_.before.empty()) special_.begin = parts_.before.front();
  if (!parts_.after.empty()) special_.end = parts_.after.back();
  for (const char* name : {"[PAD]", "<pad>"}) special_.padding = special_.padding ? special_.padding : id(name);
  for (const char* name : {"[MASK]", "<mask>"}) special_.mask = special_.mask ? special_.mask : id(name);
  TokenId last = parts_.model->vocabulary().largest_value();
  for (const AddedToken& token : parts_.added) last = std::max(last, token.id);
  for (const TokenId id : parts_.before) last = std::max(last, id);
  for (const TokenId id : parts_.after) last = std::max(last, id);
  vocabulary_size_ = static_cast<std::size_t>(last + 1);
}

std::optional<TokenId> SubwordTokenizer::id(std::string_view token) const {
  for (const AddedToken& added : parts_.added) {
    if (added.content == token) return added.id;
  }
  const TokenId found = parts_.model->vocabulary().find(token);
  return found == subword::ByteTrie::kNoValue ? std::nullopt : std::optional(found);
}

void SubwordTokenizer::encode(std::string_view text, std::size_t max_tokens, SubwordScratch& scratch,
                              std::vector<TokenId>& ids) const {
  ids.insert(ids.end(), parts_.before.begin(), parts_.before.end());
  const std::size_t around = parts_.before.size() + parts_.after.size();
  const std::size_t room = max_tokens > around ? max_tokens - around : 0;
  const std::size_t full = room < ids.max_size() - ids.size() ? ids.size() + room : ids.max_size();
  Target target{scratch, ids, full};
  if (parts_.model->is_slow()) scratch.words.belong_to(number_);
  append_text(subword::well_formed(truncate_bytes(text, limits::kFieldBytes), scratch.repaired), true, target);
  if (ids.size() > full) ids.resize(full);
  ids.insert(ids.end(), parts_.after.begin(), parts_.after.end());
}

std::vector<TokenId> SubwordTokenizer::encode(std::string_view text, std::size_t max_tokens) const {
  SubwordScratch scratch;
  std::vector<TokenId> ids;
  encode(text, max_tokens, scratch, ids);
  return ids;
}

void SubwordTokenizer::encode(std::span<const std::string_view> texts, std::size_t max_tokens, SubwordScratch& scratch,
                              TokenBatch& batch) const {
  for (const std::string_view text : texts) {
    encode(text, max_tokens, scratch, batch.ids);
    if (batch.ids.size() > std::numeric_limits<std::uint32_t>::max())
      throw Error(ErrorCode::kTooLarge, "a batch of texts has more than 2^32 tokens: make it smaller");
    batch.ends.push_back(static_cast<std::uint32_t>(batch.ids.size()));
  }
}

void SubwordTokenizer::append_text(std::string_view text, bool is_start, Target& target) const {
  split_at(
      raw_added_, text, [&](TokenId id) { target.ids.push_back(id); },
      [&](std::string_view rest, bool is_first) { append_normalized(rest, is_start && is_first, target); },
      [&] { return target.is_full(); });
}

void SubwordTokenizer::append_normalized(std::string_view text, bool is_start, Target& target) const {
  const subword::Normalized normalized =
      subword::normalize(parts_.normalizers, text, target.scratch.normalized, target.scratch.other);
  is_start = is_start && normalized.keeps_start;
  split_at(
      normalized_added_, normalized.text, [&](TokenId id) { target.ids.push_back(id); },
      [&](std::string_view rest, bool is_first) { append_pieces(rest, is_start && is_first, target); },
      [&] { return target.is_full(); });
}

void SubwordTokenizer::append_pieces(std::string_view text, bool is_start, Target& target) const {
  subword::Pieces& pieces = target.scratch.pieces;
  subword::WordCache& words = target.scratch.words;
  const subword::Model& model = *parts_.model;
  const bool remembers = model.is_slow();
  pieces.start(text, is_start);
  for (const auto& splitter : parts_.splitters) splitter->apply(pieces);
  for (const subword::PieceRange range : pieces.ranges) {
    if (target.is_full()) return;
    const std::string_view piece = pieces.piece(range);
    const std::span<const TokenId> known = remembers ? words.find(piece) : std::span<const TokenId>();
    target.ids.insert(target.ids.end(), known.begin(), known.end());
    if (!known.empty()) continue;
    const std::size_t before = target.ids.size();
    model.encode(piece, target.scratch.model, target.ids);
    if (remembers) words.keep(piece, std::span(target.ids).subspan(before));
  }
}

}  // namespace aisle
