// The whole of a tokenizer.json, its added tokens and its post-processor.
#include <algorithm>
#include <utility>

#include "domain/limits.h"
#include "featurize/subword/read_parts.h"

namespace aisle::subword {
namespace {

constexpr std::size_t kMaxAddedTokens = 50'000;
constexpr std::size_t kMaxAround = 16;  // special tokens around a text
constexpr std::size_t kMaxId = limits::kVocabularyTokens - 1;

TokenId read_id(const JsonValue& value) {
  return static_cast<TokenId>(value.whole(kMaxId));
}

AddedToken read_added_token(const JsonValue& value, const Model& model) {
  AddedToken token;
  token.content = std::string(value.at("content").text());
  if (token.content.size() > limits::kTokenBytes) value.corrupt("is longer than any token may be");
  token.single_word = value.flag("single_word", false);
  token.strip_left = value.flag("lstrip", false);
  token.strip_right = value.flag("rstrip", false);
  token.special = value.flag("special", false);
  token.normalized = value.flag("normalized", !token.special);
  const TokenId known = model.vocabulary().find(token.content);
  token.id = known != ByteTrie::kNoValue ? known : read_id(value.at("id"));
  return token;
}

class PostProcessorReader {
 public:
  explicit PostProcessorReader(SubwordParts& parts) : parts_(parts) {}

  // The steps of a sequence work from the inside out.
  void read(const JsonValue& section) {
    const std::string type(section.at("type").text());
    if (++steps_ > kMaxSteps) section.corrupt("has too many steps");
    if (type == "Sequence") {
      for (const JsonValue& step : section.at("processors").items(kMaxSteps)) read(step);
    } else if (type == "TemplateProcessing") {
      read_template(section);
    } else if (type == "BertProcessing" || type == "RobertaProcessing") {
      put_around({read_id(pair_item(section.at("cls")))}, {read_id(pair_item(section.at("sep")))}, section);
    } else if (type != "ByteLevel") {  // which changes offsets alone
      section.unsupported("the post-processor " + in_quotes(type));
    }
  }

 private:
  // ["[CLS]", 101]
  static JsonValue pair_item(const JsonValue& pair) {
    const auto items = pair.items(2);
    if (items.size() != 2) pair.corrupt("is not a token with its id");
    return items[1];
  }

  void read_template(const JsonValue& section) {
    std::vector<TokenId> before, after;
    bool has_text = false;
    for (const JsonValue& piece : section.at("single").items(kMaxAround)) {
      const auto sequence = piece.find("Sequence");
      const JsonValue part = sequence ? *sequence : piece.at("SpecialToken");
      if (const auto type_id = part.find("type_id"); type_id && type_id->whole(kMaxId) != 0)
        part.unsupported("a type_id other than 0 in a single text");
      if (!sequence) {
        append_special(section, std::string(part.at("id").text()), has_text ? after : before);
      } else if (part.at("id").text() != "A" || has_text) {
        part.unsupported("a template of anything but one sequence A");
      } else {
        has_text = true;
      }
    }
    if (!has_text) section.corrupt("has no place for the text");
    put_around(std::move(before), std::move(after), section);
  }

  static void append_special(const JsonValue& section, const std::string& name, std::vector<TokenId>& ids) {
    const JsonValue special = section.at("special_tokens").at(name.c_str());
    for (const JsonValue& id : special.at("ids").items(kMaxAround)) ids.push_back(read_id(id));
  }

  void put_around(std::vector<TokenId> before, std::vector<TokenId> after, const JsonValue& section) {
    parts_.before.insert(parts_.before.begin(), before.begin(), before.end());
    parts_.after.insert(parts_.after.end(), after.begin(), after.end());
    if (parts_.before.size() + parts_.after.size() > kMaxAround) section.corrupt("adds too many special tokens");
  }

  SubwordParts& parts_;
  std::size_t steps_ = 0;
};

void check_truncation(const JsonValue& root) {
  const auto truncation = root.find("truncation");
  if (truncation && truncation->text_or("direction", "Right") != "Right")
    truncation->unsupported("truncation at the start of a text");
}

}  // namespace

JsonDocument::JsonDocument(std::string_view text) {
  if (text.size() > limits::kTokenizerBytes)
    throw Error(ErrorCode::kTooLarge, "the JSON has " + std::to_string(text.size()) + " bytes, at most " +
                                          std::to_string(limits::kTokenizerBytes) + " are read");
  simdjson::error_code error = parser_.allocate(std::max<std::size_t>(text.size(), 64), limits::kJsonDepth);
  if (error == simdjson::SUCCESS) error = parser_.parse(text.data(), text.size()).get(root_);
  if (error == simdjson::DEPTH_ERROR)
    throw Error(ErrorCode::kCorrupt,
                "the JSON is nested deeper than " + std::to_string(limits::kJsonDepth) + " levels");
  if (error != simdjson::SUCCESS)
    throw Error(ErrorCode::kCorrupt, std::string("this is not JSON: ") + simdjson::error_message(error));
}

std::vector<AddedToken> read_added_tokens(const JsonValue& root, const Model& model) {
  std::vector<AddedToken> tokens;
  if (const auto section = root.find("added_tokens")) {
    for (const JsonValue& value : section->items(kMaxAddedTokens)) tokens.push_back(read_added_token(value, model));
  }
  // Of equal contents a special one counts.
  // Not of std::ranges, whose subrange clang 14 does not compile.
  std::stable_partition(tokens.begin(), tokens.end(), [](const AddedToken& token) { return token.special; });
  return tokens;
}

void read_post_processor(const JsonValue& root, SubwordParts& parts) {
  if (const auto section = root.find("post_processor")) PostProcessorReader(parts).read(*section);
}

}  // namespace aisle::subword

namespace aisle {

SubwordTokenizer parse_tokenizer_json(std::string_view json) {
  using namespace subword;
  const JsonDocument document(json);
  const JsonValue root = document.root();
  check_truncation(root);
  SubwordParts parts;
  parts.normalizers = read_normalizers(root);
  ReadSplitters splitters = read_splitters(root);
  parts.splitters = std::move(splitters.splitters);
  parts.model = read_model(root.at("model"), splitters.byte_level);
  parts.added = read_added_tokens(root, *parts.model);
  read_post_processor(root, parts);
  return SubwordTokenizer(std::move(parts));
}

}  // namespace aisle
