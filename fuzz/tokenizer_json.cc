// A tokenizer.json from outside: opened and asked, whatever it says.
#include <string>
#include <vector>

#include "core/error.h"
#include "featurize/subword/subword_tokenizer.h"
#include "fuzz.h"

using namespace aisle;

namespace {

void ask(const SubwordTokenizer& tokenizer) {
  const std::string texts[] = {"", "the \u00e9 [CLS] a\tb", "\xFF\xC3 \u2581<s>abc", std::string(300, 'a'),
                               "e\u0301\u0301 \U0001F468\u200D\U0001F469 \u4e2d\u6587 '\u0e33 12"};
  SubwordScratch scratch;
  std::vector<TokenId> ids;
  for (const std::string& text : texts) tokenizer.encode(text, kDefaultMaxTokens, scratch, ids);
  for (const TokenId id : ids) FUZZ_CHECK(id >= 0 && static_cast<std::size_t>(id) < tokenizer.vocabulary_size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    ask(parse_tokenizer_json({reinterpret_cast<const char*>(data), size}));
  } catch (const Error& error) {
    FUZZ_CHECK(error.code() == ErrorCode::kCorrupt || error.code() == ErrorCode::kUnsupported ||
               error.code() == ErrorCode::kTooLarge);
  }
  return 0;
}
