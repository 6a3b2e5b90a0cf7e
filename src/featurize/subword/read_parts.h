// The readers of the parts of a tokenizer.json, one a section. Each throws kCorrupt or kUnsupported with the place.
// Internal to subword/.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "featurize/subword/code_points.h"
#include "featurize/subword/json_object.h"
#include "featurize/subword/subword_tokenizer.h"

namespace aisle::subword {

inline constexpr std::size_t kMaxSteps = 64;  // of all sequences of a section together

Normalizers read_normalizers(const JsonValue& root);

// "ByteLevel" is the last one where it is there: the model maps the bytes.
struct ReadSplitters {
  Splitters splitters;
  bool byte_level = false;
};
ReadSplitters read_splitters(const JsonValue& root);

std::unique_ptr<const TextPattern> read_pattern(const JsonValue& pattern);
std::unique_ptr<const Model> read_model(const JsonValue& model, bool byte_level);
std::vector<AddedToken> read_added_tokens(const JsonValue& root, const Model& model);
void read_post_processor(const JsonValue& root, SubwordParts& parts);

// {"token": 5, ...}, checked against limits.
Vocabulary read_vocabulary(const JsonValue& vocabulary);
// Counts what a vocabulary holds. Throws kTooLarge, kCorrupt.
class VocabularyMeter {
 public:
  void add(std::string_view token);

 private:
  std::size_t tokens_ = 0, bytes_ = 0;
};

// A merge as its file writes it: "left right". Throws kCorrupt.
MergeRule parse_merge(std::string_view line, std::size_t number);

}  // namespace aisle::subword
