// The older formats, and which of them a folder holds.
#include <array>
#include <utility>

#include "core/files.h"
#include "domain/limits.h"
#include "featurize/subword/read_parts.h"
#include "text/unicode.h"

namespace aisle {
namespace {

using namespace subword;
namespace fs = std::filesystem;

// Calls read(line, number) for every line, without its end; numbers start with 0.
template <typename Read>
void for_each_line(std::string_view text, Read&& read) {
  for (std::size_t number = 0; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    read(line, number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

AddedToken special_token(const char* content, TokenId id) {
  AddedToken token;
  token.content = content;
  token.id = id;
  token.special = true;
  return token;
}

std::string read_whole(const fs::path& path) {
  return aisle::read_file(path, limits::kTokenizerBytes);
}

// What transformers keeps beside vocab.txt.
BertNormalizerOptions read_bert_options(const fs::path& folder) {
  BertNormalizerOptions options;
  const fs::path path = folder / "tokenizer_config.json";
  if (!fs::exists(path)) return options;
  try {
    const std::string text = read_whole(path);
    const JsonDocument document(text);
    const JsonValue root = document.root();
    options.lowercase = root.flag("do_lower_case", true);
    options.strip_accents = root.flag("strip_accents", options.lowercase);
    options.set_apart_cjk = root.flag("tokenize_chinese_chars", true);
  } catch (const Error& error) {
    throw error.with("file", path.string());
  }
  return options;
}

// `read` with the file's name on its errors.
template <typename Read>
SubwordTokenizer from_file(const fs::path& path, Read&& read) {
  try {
    return read(read_whole(path));
  } catch (const Error& error) {
    const bool is_named = !error.context().empty();
    throw is_named ? error : error.with("file", path.string());
  }
}

SubwordTokenizer open_folder(const fs::path& folder) {
  if (fs::exists(folder / "tokenizer.json")) return from_file(folder / "tokenizer.json", parse_tokenizer_json);
  if (fs::exists(folder / "vocab.txt")) {
    return from_file(folder / "vocab.txt", [&](const std::string& text) {
      return parse_wordpiece_vocabulary(text, read_bert_options(folder));
    });
  }
  if (fs::exists(folder / "vocab.json") && fs::exists(folder / "merges.txt")) {
    return from_file(folder / "vocab.json", [&](const std::string& vocabulary) {
      return from_file(folder / "merges.txt",
                       [&](const std::string& merges) { return parse_byte_pair_vocabulary(vocabulary, merges); });
    });
  }
  throw Error(ErrorCode::kNotFound,
              "there is no tokenizer in this folder: tokenizer.json, vocab.txt, or vocab.json with merges.txt",
              {{"folder", folder.string()}});
}

}  // namespace

SubwordTokenizer parse_wordpiece_vocabulary(std::string_view vocab_txt, const BertNormalizerOptions& options) {
  if (find_utf8_fault(vocab_txt)) throw Error(ErrorCode::kCorrupt, "the vocabulary is not UTF-8");
  Vocabulary tokens;
  VocabularyMeter meter;
  for_each_line(vocab_txt, [&](std::string_view line, std::size_t number) {
    meter.add(line);
    tokens.push_back({line, static_cast<TokenId>(number)});
  });
  SubwordParts parts;
  parts.normalizers.push_back(make_bert_normalizer(options));
  parts.splitters.push_back(make_bert_splitter());
  parts.model = make_word_piece(tokens, {});
  const ByteTrie& vocabulary = parts.model->vocabulary();
  for (const char* name : {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}) {
    const TokenId id = vocabulary.find(name);
    if (id != ByteTrie::kNoValue) parts.added.push_back(special_token(name, id));
  }
  parts.before = {vocabulary.find("[CLS]")};
  parts.after = {vocabulary.find("[SEP]")};
  if (parts.before[0] < 0 || parts.after[0] < 0)
    throw Error(ErrorCode::kCorrupt, "the vocabulary has no [CLS] or no [SEP]: is this the vocab.txt of a BERT?");
  return SubwordTokenizer(std::move(parts));
}

SubwordTokenizer parse_byte_pair_vocabulary(std::string_view vocab_json, std::string_view merges_txt) {
  const JsonDocument document(vocab_json);
  std::vector<MergeRule> merges;
  for_each_line(merges_txt, [&](std::string_view line, std::size_t number) {
    if (line.starts_with("#version") || line.empty()) return;
    if (merges.size() == limits::kVocabularyTokens) throw Error(ErrorCode::kTooLarge, "there are too many merges");
    merges.push_back(parse_merge(line, number + 1));
  });
  BytePairOptions options;
  options.byte_level = true;
  SubwordParts parts;
  parts.splitters.push_back(make_byte_level_splitter(false, true));
  parts.model = make_byte_pair(read_vocabulary(document.root()), merges, options);
  const ByteTrie& vocabulary = parts.model->vocabulary();
  for (const char* name : {"<s>", "</s>", "<unk>", "<pad>", "<mask>", "<|endoftext|>"}) {
    const TokenId id = vocabulary.find(name);
    if (id == ByteTrie::kNoValue) continue;
    parts.added.push_back(special_token(name, id));
    parts.added.back().strip_left = std::string_view(name) == "<mask>";  // "a <mask>" is two words, as it was trained
  }
  const TokenId begin = vocabulary.find("<s>"), end = vocabulary.find("</s>");
  if (begin >= 0 && end >= 0) parts.before = {begin}, parts.after = {end};
  return SubwordTokenizer(std::move(parts));
}

std::shared_ptr<const SubwordTokenizer> open_subword_tokenizer(const fs::path& path) {
  if (fs::is_directory(path)) return std::make_shared<const SubwordTokenizer>(open_folder(path));
  return std::make_shared<const SubwordTokenizer>(from_file(path, parse_tokenizer_json));
}

}  // namespace aisle
