// The model of a tokenizer.json: its vocabulary, merges and scores.
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "domain/limits.h"
#include "featurize/subword/read_parts.h"

namespace aisle::subword {
namespace {

constexpr std::size_t kMaxId = limits::kVocabularyTokens - 1;
constexpr std::size_t kMaxWordCharacters = 10'000;

// Old files do not say.
std::string type_of(const JsonValue& model) {
  if (const auto type = model.find("type")) return std::string(type->text());
  if (model.find("merges")) return "BPE";
  return model.at("vocab").is_list() ? "Unigram" : "WordPiece";
}

std::unique_ptr<const Model> read_word_piece(const JsonValue& model) {
  WordPieceOptions options;
  options.unknown = model.text_or("unk_token", options.unknown);
  options.prefix = model.text_or("continuing_subword_prefix", options.prefix);
  if (const auto most = model.find("max_input_chars_per_word"))
    options.max_characters = most->whole(kMaxWordCharacters);
  return make_word_piece(read_vocabulary(model.at("vocab")), options);
}

// A number as Hugging Face's reader (Rust's serde_json) takes it: its digits as a whole number, then scaled, which may
// miss the nearest double by a bit. Where two ways to cut a text have the same score, that bit decides.
double as_the_reference_reads(double exact) {
  std::array<char, 32> text{};  // "1.234e-05"
  const char* end =
      std::to_chars(text.data(), text.data() + text.size(), std::abs(exact), std::chars_format::scientific).ptr;
  std::uint64_t digits = 0;
  int scale = 0;
  bool is_fraction = false;
  const char* at = text.data();
  for (; at != end && *at != 'e'; ++at) {
    if (*at == '.') {
      is_fraction = true;
      continue;
    }
    digits = 10 * digits + static_cast<std::uint64_t>(*at - '0');
    if (is_fraction) --scale;
  }
  int exponent = 0;
  if (end - at > 2) std::from_chars(at + (at[1] == '+' ? 2 : 1), end, exponent);
  exponent += scale;
  const double power = std::pow(10.0, std::abs(exponent));
  const double read = exponent < 0 ? static_cast<double>(digits) / power : static_cast<double>(digits) * power;
  return std::isfinite(read) ? std::copysign(read, exact) : exact;
}

std::unique_ptr<const Model> read_unigram(const JsonValue& model) {
  Vocabulary tokens;
  std::vector<double> scores;
  VocabularyMeter meter;
  const JsonValue vocabulary = model.at("vocab");
  for (const simdjson::dom::element entry : vocabulary.list()) {
    simdjson::dom::array pair;
    std::string_view token;
    double score = 0;
    const bool is_pair = entry.get(pair) == simdjson::SUCCESS && pair.size() == 2 &&
                         pair.at(0).get(token) == simdjson::SUCCESS && pair.at(1).get(score) == simdjson::SUCCESS;
    if (!is_pair)
      vocabulary.corrupt("has an entry, number " + std::to_string(tokens.size()) + ", that is no token with its score");
    meter.add(token);
    tokens.push_back({token, static_cast<TokenId>(tokens.size())});
    scores.push_back(as_the_reference_reads(score));
  }
  UnigramOptions options;
  options.unknown = static_cast<TokenId>(model.at("unk_id").whole(kMaxId));
  options.byte_fallback = model.flag("byte_fallback", false);
  return make_unigram(tokens, std::move(scores), options);
}

// "left right", or since 2024 ["left", "right"].
std::vector<MergeRule> read_merges(const JsonValue& merges) {
  std::vector<MergeRule> rules;
  for (const simdjson::dom::element entry : merges.list()) {
    if (rules.size() == limits::kVocabularyTokens) merges.corrupt("has too many values");
    std::string_view line, right;
    simdjson::dom::array pair;
    if (entry.get(line) == simdjson::SUCCESS) {
      rules.push_back(parse_merge(line, rules.size() + 1));
    } else if (entry.get(pair) == simdjson::SUCCESS && pair.size() == 2 && pair.at(0).get(line) == simdjson::SUCCESS &&
               pair.at(1).get(right) == simdjson::SUCCESS) {
      rules.push_back({line, right});
    } else {
      merges.corrupt("has an entry, number " + std::to_string(rules.size()) + ", that is no pair of tokens");
    }
  }
  return rules;
}

std::unique_ptr<const Model> read_byte_pair(const JsonValue& model, bool byte_level) {
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    if (!model.text_or(key, "").empty()) model.unsupported(std::string("a BPE with ") + key);
  }
  if (const auto dropout = model.find("dropout"); dropout && dropout->number() != 0) model.unsupported("dropout");
  BytePairOptions options;
  if (const auto unknown = model.find("unk_token")) options.unknown = std::string(unknown->text());
  options.fuse_unknown = model.flag("fuse_unk", false);
  options.byte_fallback = model.flag("byte_fallback", false);
  options.ignore_merges = model.flag("ignore_merges", false);
  options.byte_level = byte_level;
  return make_byte_pair(read_vocabulary(model.at("vocab")), read_merges(model.at("merges")), options);
}

}  // namespace

void VocabularyMeter::add(std::string_view token) {
  bytes_ += token.size();
  if (token.size() > limits::kTokenBytes)
    throw Error(ErrorCode::kTooLarge, "a token of the vocabulary has " + std::to_string(token.size()) +
                                          " bytes, at most " + std::to_string(limits::kTokenBytes) + " are read");
  if (++tokens_ > limits::kVocabularyTokens || bytes_ > limits::kVocabularyBytes)
    throw Error(ErrorCode::kTooLarge, "the vocabulary has more than " + std::to_string(limits::kVocabularyTokens) +
                                          " tokens or " + std::to_string(limits::kVocabularyBytes) + " bytes");
}

Vocabulary read_vocabulary(const JsonValue& vocabulary) {
  Vocabulary tokens;
  VocabularyMeter meter;
  for (const auto [token, value] : vocabulary.object()) {
    std::uint64_t id = 0;
    if (value.get(id) != simdjson::SUCCESS || id > kMaxId)
      vocabulary.corrupt("gives the token " + in_quotes(token) + " an id that is no number up to " +
                         std::to_string(kMaxId));
    meter.add(token);
    tokens.push_back({token, static_cast<TokenId>(id)});
  }
  return tokens;
}

MergeRule parse_merge(std::string_view line, std::size_t number) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || line.find(' ', space + 1) != std::string_view::npos)
    throw Error(ErrorCode::kCorrupt, "merge " + std::to_string(number) + " is not two tokens with a space between");
  return {line.substr(0, space), line.substr(space + 1)};
}

std::unique_ptr<const Model> read_model(const JsonValue& model, bool byte_level) {
  const std::string type = type_of(model);
  if (type == "BPE") return read_byte_pair(model, byte_level);
  if (byte_level) model.unsupported("the pre-tokenizer ByteLevel with the model " + in_quotes(type));
  if (type == "WordPiece") return read_word_piece(model);
  if (type == "Unigram") return read_unigram(model);
  model.unsupported("the model " + in_quotes(type));
}

}  // namespace aisle::subword
