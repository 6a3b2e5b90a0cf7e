// The first step of a subword tokenizer: one text to the form that the vocabulary was made from.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "featurize/subword/text_pattern.h"

namespace aisle::subword {

class Normalizer {
 public:
  virtual ~Normalizer() = default;
  // Replaces `out`, which does not hold `text`. Well-formed UTF-8 stays so. Thread-safe.
  virtual void apply(std::string_view text, std::string& out) const = 0;
  // Whether the first character of the result comes from the first of `text`, not empty.
  virtual bool keeps_start(std::string_view) const { return true; }
};

using Normalizers = std::vector<std::unique_ptr<const Normalizer>>;

struct Normalized {
  std::string_view text;    // the given one, or in one of the two buffers
  bool keeps_start = true;  // of all steps
};

// One after the other.
Normalized normalize(const Normalizers& steps, std::string_view text, std::string& one, std::string& other);

enum class UnicodeForm { kNfc, kNfd, kNfkc, kNfkd };

struct BertNormalizerOptions {
  bool clean_text = true;     // control characters out, white space to spaces
  bool set_apart_cjk = true;  // spaces around ideographs
  bool strip_accents = true;
  bool lowercase = true;
};

std::unique_ptr<const Normalizer> make_bert_normalizer(const BertNormalizerOptions& options);
std::unique_ptr<const Normalizer> make_unicode_form(UnicodeForm form);
std::unique_ptr<const Normalizer> make_lowercase();
std::unique_ptr<const Normalizer> make_strip_accents();  // takes combining marks away, decomposes nothing
std::unique_ptr<const Normalizer> make_strip(bool left, bool right);
std::unique_ptr<const Normalizer> make_replace(std::unique_ptr<const TextPattern> pattern, std::string content);
std::unique_ptr<const Normalizer> make_prepend(std::string prefix);  // to a text that is not empty

// sentencepiece's compiled rules: `bytes` as they stand in its models, without base64. Throws kCorrupt.
std::unique_ptr<const Normalizer> make_charsmap(std::string bytes);

}  // namespace aisle::subword
