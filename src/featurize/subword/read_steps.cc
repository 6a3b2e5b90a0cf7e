// Normalizers and pre-tokenizers of a tokenizer.json.
#include <sodium.h>

#include <utility>

#include "featurize/subword/character_classes.h"
#include "featurize/subword/read_parts.h"

namespace aisle::subword {
namespace {

// Calls read(step) for each step of a section, sequences within sequences flattened.
template <typename Read>
void for_each_step(const JsonValue& section, const char* list_key, std::size_t& steps, Read&& read) {
  const JsonValue type = section.at("type");
  if (++steps > kMaxSteps) section.corrupt("has more than " + std::to_string(kMaxSteps) + " steps");
  if (type.text() != "Sequence") return read(section, std::string(type.text()));
  for (const JsonValue& step : section.at(list_key).items(kMaxSteps)) for_each_step(step, list_key, steps, read);
}

std::string decoded_base64(const JsonValue& value) {
  const std::string_view text = value.text();
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  const int failed = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                                       text.size(), "\r\n", &size, &end, sodium_base64_VARIANT_ORIGINAL);
  if (failed != 0 || end != text.data() + text.size()) value.corrupt("is not base64");
  bytes.resize(size);
  return bytes;
}

BertNormalizerOptions read_bert(const JsonValue& step) {
  BertNormalizerOptions options;
  options.clean_text = step.flag("clean_text", true);
  options.set_apart_cjk = step.flag("handle_chinese_chars", true);
  options.lowercase = step.flag("lowercase", true);
  options.strip_accents = step.flag("strip_accents", options.lowercase);
  return options;
}

std::unique_ptr<const Normalizer> read_normalizer(const JsonValue& step, const std::string& type) {
  if (type == "BertNormalizer") return make_bert_normalizer(read_bert(step));
  if (type == "NFC") return make_unicode_form(UnicodeForm::kNfc);
  if (type == "NFD") return make_unicode_form(UnicodeForm::kNfd);
  if (type == "NFKC") return make_unicode_form(UnicodeForm::kNfkc);
  if (type == "NFKD") return make_unicode_form(UnicodeForm::kNfkd);
  if (type == "Lowercase") return make_lowercase();
  if (type == "StripAccents") return make_strip_accents();
  if (type == "Strip") return make_strip(step.flag("strip_left", true), step.flag("strip_right", true));
  if (type == "Replace") return make_replace(read_pattern(step.at("pattern")), std::string(step.at("content").text()));
  if (type == "Prepend") return make_prepend(std::string(step.at("prepend").text()));
  if (type == "Precompiled") return make_charsmap(decoded_base64(step.at("precompiled_charsmap")));
  step.unsupported("the normalizer " + in_quotes(type));
}

SplitBehavior read_behavior(const JsonValue& value) {
  const std::string_view text = value.text();
  if (text == "Removed") return SplitBehavior::kRemoved;
  if (text == "Isolated") return SplitBehavior::kIsolated;
  if (text == "MergedWithPrevious") return SplitBehavior::kMergedWithPrevious;
  if (text == "MergedWithNext") return SplitBehavior::kMergedWithNext;
  if (text == "Contiguous") return SplitBehavior::kContiguous;
  value.unsupported("the behavior " + in_quotes(text));
}

std::unique_ptr<const Splitter> read_metaspace(const JsonValue& step) {
  const std::string replacement = step.text_or("replacement", "\u2581");
  if (replacement.empty()) step.corrupt("has an empty replacement");
  const bool older = step.flag("add_prefix_space", true);
  const std::string scheme = step.text_or("prepend_scheme", older ? "always" : "never");
  if (scheme != "always" && scheme != "first" && scheme != "never")
    step.unsupported("prepend_scheme " + in_quotes(scheme));
  const PrefixSpace prefix = scheme == "always"  ? PrefixSpace::kAlways
                             : scheme == "first" ? PrefixSpace::kFirst
                                                 : PrefixSpace::kNever;
  return make_metaspace_splitter(replacement, prefix, step.flag("split", true));
}

std::unique_ptr<const Splitter> read_splitter(const JsonValue& step, const std::string& type) {
  if (type == "BertPreTokenizer") return make_bert_splitter();
  if (type == "Whitespace") return make_pattern_splitter(make_word_pattern(), SplitBehavior::kRemoved, true);
  if (type == "WhitespaceSplit")
    return make_pattern_splitter(make_character_pattern(is_space), SplitBehavior::kRemoved, false);
  if (type == "ByteLevel")
    return make_byte_level_splitter(step.flag("add_prefix_space", true), step.flag("use_regex", true));
  if (type == "Metaspace") return read_metaspace(step);
  if (type == "Split")
    return make_pattern_splitter(read_pattern(step.at("pattern")), read_behavior(step.at("behavior")),
                                 step.flag("invert", false));
  if (type == "Punctuation") {
    const auto behavior = step.find("behavior");
    return make_pattern_splitter(make_character_pattern(is_punctuation),
                                 behavior ? read_behavior(*behavior) : SplitBehavior::kIsolated, false);
  }
  if (type == "Digits")
    return make_pattern_splitter(
        make_character_pattern(is_number),
        step.flag("individual_digits", false) ? SplitBehavior::kIsolated : SplitBehavior::kContiguous, false);
  step.unsupported("the pre-tokenizer " + in_quotes(type));
}

}  // namespace

std::unique_ptr<const TextPattern> read_pattern(const JsonValue& pattern) {
  if (const auto literal = pattern.find("String")) return make_literal_pattern(std::string(literal->text()));
  return make_regex_pattern(std::string(pattern.at("Regex").text()));
}

Normalizers read_normalizers(const JsonValue& root) {
  Normalizers steps;
  std::size_t count = 0;
  if (const auto section = root.find("normalizer")) {
    for_each_step(*section, "normalizers", count, [&](const JsonValue& step, const std::string& type) {
      steps.push_back(read_normalizer(step, type));
    });
  }
  return steps;
}

ReadSplitters read_splitters(const JsonValue& root) {
  ReadSplitters result;
  std::size_t count = 0;
  if (const auto section = root.find("pre_tokenizer")) {
    for_each_step(*section, "pretokenizers", count, [&](const JsonValue& step, const std::string& type) {
      if (result.byte_level) step.unsupported("a pre-tokenizer after ByteLevel");
      result.splitters.push_back(read_splitter(step, type));
      result.byte_level = type == "ByteLevel";
    });
  }
  return result;
}

}  // namespace aisle::subword
