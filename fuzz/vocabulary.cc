// The older tokenizer files from outside: a vocab.txt, or a vocab.json with its merges.txt behind a zero byte. The
// first byte says which, and how BERT's texts are cleaned.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "featurize/subword/subword_tokenizer.h"
#include "fuzz.h"

using namespace aisle;

namespace {

SubwordTokenizer parse(std::uint8_t choice, std::string_view text) {
  if ((choice & 1) == 0) {
    subword::BertNormalizerOptions options;
    options.lowercase = (choice & 2) != 0;
    options.strip_accents = (choice & 4) != 0;
    options.set_apart_cjk = (choice & 8) != 0;
    return parse_wordpiece_vocabulary(text, options);
  }
  const std::size_t end = std::min(text.find('\0'), text.size());
  return parse_byte_pair_vocabulary(text.substr(0, end), text.substr(std::min(end + 1, text.size())));
}

void ask(const SubwordTokenizer& tokenizer) {
  const std::string texts[] = {"", "the \u00e9 [CLS] a\tb", "\xFF\xC3 <s>abc<mask>", std::string(300, 'a'),
                               "e\u0301\u0301 \U0001F468\u200D\U0001F469 \u4e2d\u6587 '\u0e33 12"};
  SubwordScratch scratch;
  for (const std::string& text : texts) {
    std::vector<TokenId> ids;
    tokenizer.encode(text, kDefaultMaxTokens, scratch, ids);
    FUZZ_CHECK(ids.size() <= kDefaultMaxTokens);
    for (const TokenId id : ids) FUZZ_CHECK(id >= 0 && static_cast<std::size_t>(id) < tokenizer.vocabulary_size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  try {
    ask(parse(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1}));
  } catch (const Error& error) {
    FUZZ_CHECK(error.code() == ErrorCode::kCorrupt || error.code() == ErrorCode::kUnsupported ||
               error.code() == ErrorCode::kTooLarge);
    FUZZ_CHECK(*error.what() != '\0');
  }
  return 0;
}
