#include "featurize/featurizer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace aisle {
namespace {

// A featurizer that knows every word of the texts, each with its idf over them.
struct Fitted {
  NgramOptions options;
  std::vector<std::uint64_t> words;
  std::vector<float> idf;

  Fitted(const NgramOptions& wanted, const std::vector<std::string>& texts) : options(wanted) {
    std::map<std::uint32_t, std::uint64_t> frequency;
    NgramScratch scratch;
    for (const std::string& text : texts) {
      NgramExtractor(options).extract({std::span(&text, 1)}, scratch);
      for (const Ngram& ngram : scratch.ngrams) ++frequency[ngram.bucket];
    }
    std::vector<std::uint32_t> buckets;
    for (const auto& [bucket, count] : frequency) {
      buckets.push_back(bucket);
      idf.push_back(inverse_document_frequency(texts.size(), count));
    }
    words = build_bucket_index(buckets, options.hash_bits);
  }
  Featurizer featurizer() const { return {options, BucketIndex(words), idf}; }
};

std::vector<float> weights(const Featurizer& featurizer, std::vector<std::string> texts) {
  NgramScratch scratch;
  std::vector<Feature> features;
  featurizer.featurize({texts}, scratch, features);
  std::vector<float> sorted;
  for (const Feature& feature : features) sorted.push_back(feature.weight);
  std::ranges::sort(sorted);
  return sorted;
}

// scikit-learn's user guide, "Tf-idf term weighting": idf(t) = ln((1 + n) / (1 + df)) + 1 and length 1; the counts
// [[3, 0, 1], [2, 0, 0], [3, 0, 0], [4, 0, 0], [3, 2, 0], [3, 0, 2]] give for the first text 0.8515 and 0.5243 without
// the logarithm of the counts.
TEST(Featurizer, M1_IdfIsThatOfScikitLearn) {
  const double common = inverse_document_frequency(6, 6), rare = inverse_document_frequency(6, 2);
  EXPECT_NEAR(common, 1.0, 1e-6);
  const double a = 3 * common, b = 1 * rare, length = std::sqrt(a * a + b * b);
  EXPECT_NEAR(a / length, 0.85151335, 1e-6);
  EXPECT_NEAR(b / length, 0.52433293, 1e-6);
}

TEST(Featurizer, M1_WeightsAreSublinearTfIdfOfLengthOne) {
  const std::vector<std::string> texts = {"one one one three", "one one",        "one", "one",
                                          "one two two",       "one three three"};
  const NgramOptions options{.fields = 1, .word_ngrams = 1};
  const Fitted fitted(options, texts);
  const double a = (1 + std::log(3.0)) * 1.0, b = std::log(7.0 / 3.0) + 1, length = std::sqrt(a * a + b * b);
  const std::vector<float> found = weights(fitted.featurizer(), {texts[0]});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_NEAR(found[0], std::min(a, b) / length, 1e-6);
  EXPECT_NEAR(found[1], std::max(a, b) / length, 1e-6);
}

TEST(Featurizer, UnknownWordsDoNotCount) {
  const Fitted fitted({.fields = 1, .word_ngrams = 1}, {"alpha beta", "alpha"});
  EXPECT_EQ(weights(fitted.featurizer(), {"alpha zebra"}), weights(fitted.featurizer(), {"alpha"}));
  EXPECT_TRUE(weights(fitted.featurizer(), {"zebra"}).empty());
  EXPECT_TRUE(weights(fitted.featurizer(), {""}).empty());
}

TEST(Featurizer, BalancedFieldsWeighTheSameHoweverLong) {
  const std::string body = "b c d e f g h";
  const std::vector<std::string> all = {"a " + body};
  for (const bool balance : {true, false}) {
    const Fitted fitted({.fields = 2, .word_ngrams = 1, .by_field = false, .balance_fields = balance}, all);
    const std::vector<float> found = weights(fitted.featurizer(), {"a", body});
    ASSERT_EQ(found.size(), 8U);
    EXPECT_NEAR(found.back(), balance ? std::sqrt(0.5) : std::sqrt(1.0 / 8), 1e-6);
    double squares = 0;
    for (const float weight : found) squares += static_cast<double>(weight) * weight;
    EXPECT_NEAR(squares, 1, 1e-5);
  }
}

}  // namespace
}  // namespace aisle
