// Hostile and strange model files: an error or an answer, never a crash.
#include "model/linear/linear_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "featurize/bucket_index.h"
#include "support/temporary_folder.h"

namespace aisle {
namespace {

constexpr std::uint32_t kBits = 10;

// Two classes; every bucket is known and speaks for the second.
LinearParts sample(TaskKind kind = TaskKind::kCategory) {
  LinearParts parts;
  parts.card.model = {std::string(kLinearKind), kind, {"text"}, {{"a", "A", 1}, {"b", "B", 3}}, {0.5F, 0.9, {}}};
  if (kind == TaskKind::kTags) parts.card.model.rule.tag_limits = {0.5F, 0.5F};
  parts.card.ngrams = {.fields = 1, .hash_bits = kBits};
  std::vector<std::uint32_t> buckets(1 << kBits);
  std::iota(buckets.begin(), buckets.end(), 0U);
  parts.index = build_bucket_index(buckets, kBits);
  parts.card.rows = buckets.size();
  parts.idf.assign(buckets.size(), 1);
  parts.scale.assign(buckets.size(), 0.01F);
  parts.weights.assign(buckets.size() * 16, 0);
  for (std::size_t row = 0; row < buckets.size(); ++row) parts.weights[row * 16 + 1] = 100;
  parts.card.calibration.slope = {1, 1};
  parts.card.calibration.offset = {0, 0};
  parts.prior = {0.25F, 0.75F};
  return parts;
}

std::vector<float> answer(const LinearParts& parts, std::string text) {
  const TemporaryFolder folder;
  write_linear_model(parts, folder.path() / "m");
  const auto model = open_classifier(folder.path() / "m");
  std::vector<float> p(2);
  model->new_worker()->probabilities({std::span<const std::string>(&text, 1)}, p);
  return p;
}

TEST(LinearModel, M1_AnswersTheSoftmaxOfTheSum) {
  const std::vector<float> p = answer(sample(), "word");
  EXPECT_NEAR(p[1], 1 / (1 + std::exp(-1.0)), 1e-6);
  EXPECT_NEAR(p[0] + p[1], 1, 1e-6);
}

TEST(LinearModel, M10_TheFirstAnswerIsScaled) {
  LinearParts parts = sample();
  parts.card.calibration.top = {1, 0.5F, -0.1F};
  const std::vector<float> p = answer(parts, "word");
  EXPECT_NEAR(p[1], scaled(parts.card.calibration.top, static_cast<float>(1 / (1 + std::exp(-1.0)))), 1e-6);
  EXPECT_NEAR(p[0] + p[1], 1, 1e-6);
}

TEST(LinearModel, TagsAreIndependent) {
  const std::vector<float> p = answer(sample(TaskKind::kTags), "word");
  EXPECT_NEAR(p[0], 0.5, 1e-6);
  EXPECT_NEAR(p[1], 1 / (1 + std::exp(-1.0)), 1e-6);
}

TEST(LinearModel, EmptyItemGivesThePriors) {
  EXPECT_EQ(answer(sample(), " ,. "), (std::vector<float>{0.25F, 0.75F}));
}

TEST(LinearModel, ExplainsByTheWordsThatSpoke) {
  const TemporaryFolder folder;
  write_linear_model(sample(), folder.path() / "m");
  const auto model = open_classifier(folder.path() / "m");
  const std::vector<std::string> texts = {"Red   apple"};
  const Explanation explanation = model->new_worker()->explain({texts}, 1, 10);
  ASSERT_EQ(explanation.evidence.size(), 3U);
  double sum = 0;
  std::vector<std::string> words;
  for (const Evidence& one : explanation.evidence) {
    EXPECT_EQ(one.field, "text");
    words.push_back(one.text);
    sum += one.weight;
  }
  EXPECT_NEAR(sum, 3 / std::sqrt(3.0) / 2, 1e-4);  // half: what both classes share does not speak for one
  std::ranges::sort(words);
  EXPECT_EQ(words, (std::vector<std::string>{"Red", "Red apple", "apple"}));
  EXPECT_EQ(model->new_worker()->explain({texts}, 1, 1).evidence.size(), 1U);
  EXPECT_THROW(model->new_worker()->explain({texts}, 2, 1), Error);
}

// The last field's words have only the bucket of all fields; those of the fields before have one of their own too.
TEST(LinearModel, M10_ExplainsAWordOnceAFieldWithAllThatItAdds) {
  LinearParts parts = sample();
  parts.card.model.text_fields = {"title", "body"};
  parts.card.ngrams.fields = 2;
  parts.card.ngrams.word_ngrams = 1;
  parts.card.ngrams.by_field = true;
  parts.card.ngrams.balance_fields = false;
  const TemporaryFolder folder;
  write_linear_model(parts, folder.path() / "m");
  const auto model = open_classifier(folder.path() / "m");
  const std::vector<std::string> texts = {"apple", "pear"};
  const Explanation explanation = model->new_worker()->explain({texts}, 1, 10);
  ASSERT_EQ(explanation.evidence.size(), 2U);
  EXPECT_EQ(explanation.evidence[0].field, "title");
  EXPECT_EQ(explanation.evidence[0].text, "apple");
  EXPECT_EQ(explanation.evidence[1].text, "pear");
  // Three features of one weight: two of them are the title's word.
  EXPECT_NEAR(explanation.evidence[0].weight, 2 / std::sqrt(3.0) / 2, 1e-4);
  EXPECT_NEAR(explanation.evidence[1].weight, 1 / std::sqrt(3.0) / 2, 1e-4);
}

TEST(LinearModel, HostileRanksStayInside) {
  LinearParts parts = sample();
  for (std::uint64_t& word : parts.index) word |= 0xffffffffULL << 32;
  EXPECT_EQ(answer(parts, "word"), parts.prior);  // no row is known any more
}

TEST(LinearModel, NumbersThatAreNoneGiveFiniteAnswers) {
  LinearParts parts = sample();
  std::ranges::fill(parts.scale, NAN);
  std::ranges::fill(parts.idf, INFINITY);
  parts.card.calibration.slope = {NAN, INFINITY};
  for (const float p : answer(parts, "some words here")) EXPECT_TRUE(std::isfinite(p));
}

template <typename Break>
void expect_corrupt(Break&& make_wrong) {
  LinearParts parts = sample();
  make_wrong(parts);
  try {
    answer(parts, "word");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorrupt) << error.what();
    EXPECT_FALSE(error.context().empty());
  }
}

TEST(LinearModel, RefusesArraysThatDoNotFitTheCard) {
  expect_corrupt([](LinearParts& parts) { parts.weights.pop_back(); });
  expect_corrupt([](LinearParts& parts) { parts.idf.pop_back(); });
  expect_corrupt([](LinearParts& parts) { parts.scale.push_back(1); });
  expect_corrupt([](LinearParts& parts) { parts.index.pop_back(); });
  expect_corrupt([](LinearParts& parts) { parts.card.calibration.slope.pop_back(); });
  expect_corrupt([](LinearParts& parts) { parts.card.rows += 1; });
  expect_corrupt([](LinearParts& parts) { parts.card.rows = ~std::size_t{0}; });
  expect_corrupt([](LinearParts& parts) { parts.card.ngrams.hash_bits = 40; });
  expect_corrupt([](LinearParts& parts) { parts.card.ngrams.fields = 0; });
  expect_corrupt([](LinearParts& parts) { parts.card.model.labels.clear(); });
  expect_corrupt([](LinearParts& parts) { parts.card.calibration.top.slope = -1; });
  expect_corrupt([](LinearParts& parts) { parts.card.calibration.top.rest_slope = 21; });
  expect_corrupt([](LinearParts& parts) { parts.card.calibration.top.offset = -21; });
  expect_corrupt([](LinearParts& parts) { parts.card.model.kind = TaskKind::kTags; });  // without limits
}

TEST(LinearModel, RefusesCardsThatAreNoCards) {
  const TemporaryFolder folder;
  for (const std::string& card :
       {std::string("{}"), std::string("[]"), std::string("nonsense"), std::string(100'000, '['), std::string()}) {
    ArchiveWriter writer;
    writer.add("kind", std::as_bytes(std::span(kLinearKind)));
    writer.add("card", std::as_bytes(std::span(card)));
    writer.write(folder.path() / "m");
    EXPECT_THROW(open_classifier(folder.path() / "m"), Error) << card.substr(0, 20);
  }
  ArchiveWriter writer;
  const std::string kind = "crystal_ball";
  writer.add("kind", std::as_bytes(std::span(kind)));
  writer.write(folder.path() / "m");
  try {
    open_classifier(folder.path() / "m");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  }
}

}  // namespace
}  // namespace aisle
