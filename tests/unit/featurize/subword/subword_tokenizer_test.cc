#include "featurize/subword/subword_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <thread>

#include "core/error.h"
#include "domain/limits.h"
#include "support/temporary_folder.h"
#include "unit/featurize/subword/tokenizer_files.h"

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

SubwordTokenizer uncased() {
  return parse_wordpiece_vocabulary(kWordPieceVocabulary, {});
}

TEST(SubwordTokenizer, CutsWordsLongestFirst) {
  EXPECT_THAT(uncased().encode("The UNAFFABLE, unable"), ElementsAre(2, 8, 5, 6, 7, 9, 5, 7, 3));
  EXPECT_THAT(uncased().encode("Noe\u0308ls"), ElementsAre(2, 10, 11, 3));  // accents go
  EXPECT_THAT(uncased().encode("unaffabled"), ElementsAre(2, 1, 3));        // one unknown part, and all is
}

TEST(SubwordTokenizer, KnowsItsSpecialIds) {
  const SubwordTokenizer tokenizer = uncased();
  EXPECT_EQ(tokenizer.special_ids().padding, 0);
  EXPECT_EQ(tokenizer.special_ids().unknown, 1);
  EXPECT_EQ(tokenizer.special_ids().begin, 2);
  EXPECT_EQ(tokenizer.special_ids().end, 3);
  EXPECT_EQ(tokenizer.special_ids().mask, 4);
  EXPECT_EQ(tokenizer.vocabulary_size(), 13U);
  EXPECT_EQ(tokenizer.id("##able"), 7);
  EXPECT_EQ(tokenizer.id("able"), std::nullopt);
}

TEST(SubwordTokenizer, CutsTheEndButNeverTheSpecialTokens) {
  EXPECT_THAT(uncased().encode("the the the the", 4), ElementsAre(2, 8, 8, 3));
  EXPECT_THAT(uncased().encode("the the", 2), ElementsAre(2, 3));
  EXPECT_THAT(uncased().encode("the the", 0), ElementsAre(2, 3));
  EXPECT_THAT(uncased().encode("the unaffable", 5), ElementsAre(2, 8, 5, 6, 3));  // within a word
  EXPECT_EQ(uncased().encode(std::string(500, ',')).size(), kDefaultMaxTokens);
}

TEST(SubwordTokenizer, FindsSpecialTokensInTheText) {
  EXPECT_THAT(uncased().encode("the[MASK]the [SEP]"), ElementsAre(2, 8, 4, 8, 3, 3));
  EXPECT_THAT(uncased().encode("[mask]"), ElementsAre(2, 1, 1, 1, 3));  // as it is written alone
}

TEST(SubwordTokenizer, ReadsWhatIsNotUtf8AsReplacementCharacters) {
  const std::string vocabulary = "[UNK]\n[CLS]\n[SEP]\na\n##\uFFFD\n##b\n";
  const SubwordTokenizer tokenizer =
      parse_wordpiece_vocabulary(vocabulary, {.clean_text = false, .strip_accents = false, .lowercase = false});
  EXPECT_THAT(tokenizer.encode("a\xE2\x82\xC3"
                               "b"),
              ElementsAre(1, 3, 4, 4, 5, 2));                                 // one a maximal part
  EXPECT_THAT(uncased().encode("the\xFF \x80the"), ElementsAre(2, 8, 8, 3));  // BERT drops them
  EXPECT_THAT(uncased().encode(std::string_view("t\0he", 4)), ElementsAre(2, 8, 3));
}

TEST(SubwordTokenizer, PacksABatchWithoutPadding) {
  TokenBatch batch;
  SubwordScratch scratch;
  const std::vector<std::string_view> texts = {"the", "", "un un"};
  uncased().encode(texts, kDefaultMaxTokens, scratch, batch);
  ASSERT_EQ(batch.size(), 3U);
  EXPECT_THAT(batch.text(0), ElementsAre(2, 8, 3));
  EXPECT_THAT(batch.text(1), ElementsAre(2, 3));
  EXPECT_THAT(batch.text(2), ElementsAre(2, 5, 5, 3));
  EXPECT_THAT(batch.ends, ElementsAre(3, 5, 9));
}

TEST(SubwordTokenizer, ScratchOfAnotherTokenizerIsForgotten) {
  const SubwordTokenizer one = parse_tokenizer_json(tokenizer_json(kUnigramModel));
  const SubwordTokenizer other = parse_tokenizer_json(tokenizer_json(kBytePairModel));
  SubwordScratch scratch;
  for (int i = 0; i < 3; ++i) {
    std::vector<TokenId> ids;
    one.encode("ab", 10, scratch, ids);
    EXPECT_THAT(ids, ElementsAre(3));
    ids.clear();
    other.encode("ab", 10, scratch, ids);
    EXPECT_THAT(ids, ElementsAre(4));
  }
}

TEST(SubwordTokenizer, OneObjectServesManyThreads) {
  const SubwordTokenizer tokenizer = parse_tokenizer_json(tokenizer_json(kBytePairModel));
  const std::vector<TokenId> wanted = tokenizer.encode("abcabcxyzab", 100);
  std::vector<int> wrong(4);
  std::vector<std::thread> threads;
  for (int& count : wrong) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) count += tokenizer.encode("abcabcxyzab", 100) != wanted;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, testing::Each(0));
}

TEST(SubwordTokenizer, BytePairMergesByRank) {
  const SubwordTokenizer tokenizer = parse_tokenizer_json(tokenizer_json(kBytePairModel));
  EXPECT_THAT(tokenizer.encode("abc"), ElementsAre(5));  // b c, then a bc
  EXPECT_THAT(tokenizer.encode("aab"), ElementsAre(1, 4));
  EXPECT_THAT(tokenizer.encode("axxb"), ElementsAre(1, 0, 2));  // fused
}

TEST(SubwordTokenizer, UnigramTakesTheMostProbable) {
  const SubwordTokenizer tokenizer = parse_tokenizer_json(tokenizer_json(kUnigramModel));
  EXPECT_THAT(tokenizer.encode("aabb"), ElementsAre(1, 3, 2));
  EXPECT_THAT(tokenizer.encode("axyzb"), ElementsAre(1, 0, 2));  // neighbours that are unknown are one
}

// "b aa a" and "b a aa" have the same score but for the last bit. The pieces are those of `tokenizers` 0.19.1.
TEST(SubwordTokenizer, UnigramDecidesATieAsTheReference) {
  const auto pieces = [](const std::string& b, const std::string& a, const std::string& aa) {
    const std::string vocabulary = R"([["?",0.0],["b",)" + b + R"(],["a",)" + a + R"(],["aa",)" + aa + "]]";
    return parse_tokenizer_json(R"({"model":{"type":"Unigram","unk_id":0,"vocab":)" + vocabulary + "}}").encode("baaa");
  };
  EXPECT_THAT(pieces("-8.084930126534005", "-10.259483947686359", "-11.169282991031562"), ElementsAre(1, 3, 2));
  EXPECT_THAT(pieces("-7.2202305506016735", "-9.158748845839657", "-7.417974671931374"), ElementsAre(1, 3, 2));
  EXPECT_THAT(pieces("-4.55019172394986", "-11.861256702652017", "-10.988437497079918"), ElementsAre(1, 2, 3));
  EXPECT_THAT(pieces("-11.085349080149351", "-8.569839522509996", "-9.248430492326058"), ElementsAre(1, 2, 3));
}

TEST(SubwordTokenizer, AMegabyteTakesLinearTime) {
  const std::vector<std::string> models = {kUnigramModel, kBytePairModel, kWordPieceModel};
  for (const std::string& model : models) {
    const SubwordTokenizer tokenizer = parse_tokenizer_json(tokenizer_json(model));
    for (const char* part : {"a", "ab", "abcx", "[", "e\u0301"}) {
      std::string text;
      while (text.size() < limits::kFieldBytes) text += part;
      EXPECT_FALSE(tokenizer.encode(text, 1 << 22).empty());  // quadratic would be an hour: the test's time-out
    }
  }
}

TEST(SubwordTokenizer, ReadsNoMoreThanAFieldMayHold) {
  const std::string text = std::string(limits::kFieldBytes - 2, ' ') + "the, the";
  EXPECT_THAT(uncased().encode(text), ElementsAre(2, 1, 3));  // "th"
}

TEST(SubwordTokenizer, OpensEveryFormat) {
  const TemporaryFolder folder;
  const auto write = [&](const char* name, const std::string& text) { std::ofstream(folder.path() / name) << text; };
  try {
    open_subword_tokenizer(folder.path());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  }
  write("vocab.json", R"({"<s>":0,"</s>":1,"a":2,"Ġ":3,"Ġa":4,"<mask>":5})");
  write("merges.txt", "#version: 0.2\nĠ a\n");
  EXPECT_THAT(open_subword_tokenizer(folder.path())->encode("a a <mask>a"), ElementsAre(0, 2, 4, 5, 2, 1));
  write("vocab.txt", kWordPieceVocabulary);
  EXPECT_THAT(open_subword_tokenizer(folder.path())->encode("THE"), ElementsAre(2, 8, 3));
  write("tokenizer_config.json", R"({"do_lower_case":false})");
  EXPECT_THAT(open_subword_tokenizer(folder.path())->encode("THE the"), ElementsAre(2, 1, 8, 3));
  write("tokenizer.json", tokenizer_json(kUnigramModel));
  EXPECT_THAT(open_subword_tokenizer(folder.path())->encode("ab"), ElementsAre(3));
  EXPECT_THAT(open_subword_tokenizer(folder.path() / "tokenizer.json")->encode("ab"), ElementsAre(3));
}

struct Refused {
  const char* name;
  std::string json;
  ErrorCode code;
  const char* says;
};

class RefusedTokenizer : public testing::TestWithParam<Refused> {};

TEST_P(RefusedTokenizer, SaysWhat) {
  try {
    parse_tokenizer_json(GetParam().json);
    FAIL() << "is taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), GetParam().code) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(GetParam().says));
  }
}

std::string with_section(const std::string& section) {
  return tokenizer_json(kWordPieceModel, section + ",");
}

INSTANTIATE_TEST_SUITE_P(
    SubwordTokenizer, RefusedTokenizer,
    testing::Values(
        Refused{"not_json", "{", ErrorCode::kCorrupt, "not JSON"},
        Refused{"no_model", "{}", ErrorCode::kCorrupt, "'model' is missing"},
        Refused{"model", tokenizer_json(R"({"type":"WordLevel","vocab":{}})"), ErrorCode::kUnsupported, "WordLevel"},
        Refused{"normalizer", with_section(R"("normalizer":{"type":"Nmt"})"), ErrorCode::kUnsupported, "Nmt"},
        Refused{"nested_normalizer",
                with_section(R"("normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Odd"}]})"),
                ErrorCode::kUnsupported, "normalizer.normalizers[1]"},
        Refused{"pre_tokenizer", with_section(R"("pre_tokenizer":{"type":"UnicodeScripts"})"), ErrorCode::kUnsupported,
                "UnicodeScripts"},
        Refused{"post_processor", with_section(R"("post_processor":{"type":"Odd"})"), ErrorCode::kUnsupported, "Odd"},
        Refused{
            "look_ahead",
            with_section(R"x("pre_tokenizer":{"type":"Split","pattern":{"Regex":"a(?!b)"},"behavior":"Isolated"})x"),
            ErrorCode::kUnsupported, "a(?!b)"},
        Refused{"matches_nothing",
                with_section(R"("pre_tokenizer":{"type":"Split","pattern":{"Regex":"a*"},"behavior":"Isolated"})"),
                ErrorCode::kUnsupported, "matches nothing"},
        Refused{"type_ids",
                with_section(R"("post_processor":{"type":"TemplateProcessing","special_tokens":{},"pair":[],)"
                             R"("single":[{"Sequence":{"id":"A","type_id":1}}]})"),
                ErrorCode::kUnsupported, "type_id"},
        Refused{"left", with_section(R"("truncation":{"direction":"Left","max_length":5})"), ErrorCode::kUnsupported,
                "truncation"},
        Refused{"dropout", tokenizer_json(R"({"type":"BPE","dropout":0.1,"vocab":{},"merges":[]})"),
                ErrorCode::kUnsupported, "dropout"},
        Refused{"suffix", tokenizer_json(R"({"type":"BPE","end_of_word_suffix":"</w>","vocab":{},"merges":[]})"),
                ErrorCode::kUnsupported, "end_of_word_suffix"},
        Refused{"merge", tokenizer_json(R"({"type":"BPE","vocab":{"a":0},"merges":["a a"]})"), ErrorCode::kCorrupt,
                "merge 1"},
        Refused{"no_unknown", tokenizer_json(R"({"type":"WordPiece","unk_token":"?","vocab":{"a":0}})"),
                ErrorCode::kCorrupt, "unknown token '?'"},
        Refused{"unknown_id", tokenizer_json(R"({"type":"Unigram","unk_id":1,"vocab":[["a",0]]})"), ErrorCode::kCorrupt,
                "not in the vocabulary"},
        Refused{"charsmap", with_section(R"("normalizer":{"type":"Precompiled","precompiled_charsmap":"AAAA"})"),
                ErrorCode::kCorrupt, "charsmap"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace aisle
