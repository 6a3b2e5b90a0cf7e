// Cascades from items to an opened model, and how sure the first model must be.
#include <gmock/gmock.h>

#include "fusion_support.h"
#include "train/cascade_fit.h"

namespace aisle::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Set kCascade = {
    {"first", "linear"}, {"second", "weighted"}, {"second.members", "linear,sentence:words,picture:pixels"}};

TEST_F(Fusion, M14_TheFirstModelAnswersWhereItIsSure) {
  // Half of the titles tell everything, the others only what the thing is.
  std::vector<Item> items = shop_items(400);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i % 3 != 0) items[i].texts[0] += i / 2 % 2 == 0 ? " ball" : " stick";
  }
  const auto path = train(shop(), items, "cascade", kCascade);
  const auto cascade = open_classifier(path, encoders_);
  EXPECT_THAT(cascade->card().members,
              ElementsAre("linear", "weighted", "second.linear", "second.sentence:words", "second.picture:pixels"));
  const auto worker = cascade->new_worker();
  std::vector<float> p(4);
  const std::vector<std::string> clear = {"fresh sweet ball day1"};
  EXPECT_TRUE(worker->answer_at_once({clear, "round curve 1"}, p));
  EXPECT_GT(p[2], 0.8F);  // round fruit
  EXPECT_EQ(worker->members_of(0).size(), 1U);
  EXPECT_FALSE(worker->answer_at_once({kFruit, "round curve 1"}, p));
  EXPECT_FALSE(worker->answer_at_once({kNothing, "round curve 1"}, p));
  EXPECT_EQ(best(*cascade, {kFruit, "round curve 1"}), "round fruit");
  EXPECT_TRUE(worker->probabilities({kFruit, "round curve 1"}, p));
  EXPECT_EQ(worker->members_of(0).size(), 5U);
  EXPECT_EQ(worker->members_of(0)[4].member, 4U);
  // Several items at once: each has the members that it was asked of.
  const std::vector<ItemView> views = {{kFruit, "round curve 1"}, {clear, ""}, {kNothing, ""}, {kTool, "long line 1"}};
  std::vector<float> all(16);
  std::vector<std::uint8_t> known(4);
  worker->probabilities_of(views, all, known);
  EXPECT_THAT(known, ElementsAre(1, 1, 0, 1));
  EXPECT_EQ(worker->members_of(1).size(), 1U);
  EXPECT_EQ(worker->members_of(3).size(), 5U);
  EXPECT_GT(all[4 + 2], 0.8F);
  EXPECT_GT(all[12 + 1], 0.5F);  // long tool
  EXPECT_FALSE(worker->explain({kFruit, "round curve 1"}, 2, 3).evidence.empty());
}

TEST_F(Fusion, M14_ACascadeOfTagsAnswersLikeItsModels) {
  const auto cascade =
      open_classifier(train(shop(TaskKind::kTags), shop_items(240, TaskKind::kTags), "cascade", kCascade), encoders_);
  std::vector<float> p(4);
  EXPECT_TRUE(cascade->new_worker()->probabilities({kFruit, "round curve 1"}, p));
  EXPECT_GT(p[0], 0.6F);
  EXPECT_GT(p[2], 0.6F);
}

TEST_F(Fusion, M14_SaysWhatIsWrongWithACascade) {
  EXPECT_THAT(refusal("cascade", {{"second", "cascade"}}, ErrorCode::kInvalidArgument), HasSubstr("is a cascade"));
  EXPECT_THAT(refusal("cascade", {}, ErrorCode::kUsage), HasSubstr("second.members="));
  EXPECT_THAT(refusal("cascade", {{"second", "sentence:words"}, {"second.epochs", "1"}}, ErrorCode::kUsage),
              HasSubstr("second.c"));
  EXPECT_THAT(refusal("cascade", {{"second", "sentence:words"}, {"max_loss", "much"}}, ErrorCode::kInvalidArgument),
              HasSubstr("max_loss"));
}

CascadeItem item_of(float confidence, std::uint32_t truth, std::uint32_t first, std::uint32_t second) {
  return {confidence, {truth}, {first}, {second}};
}

TEST(CascadeFit, M14_StopsWhereTheFirstModelWouldCostTooMuch) {
  std::vector<CascadeItem> items;
  // The second is always right; the first in its 60 surest answers.
  for (int i = 0; i < 100; ++i) {
    const auto truth = static_cast<std::uint32_t>(i % 2);
    items.push_back(item_of(1 - static_cast<float>(i) / 100, truth, i < 60 ? truth : 1 - truth, truth));
  }
  const CascadeLimit exact = fit_cascade_limit(items, 2, TaskKind::kCategory, 0.003);
  EXPECT_FLOAT_EQ(exact.limit, 0.41F);  // of the 60th
  EXPECT_DOUBLE_EQ(exact.share, 0.6);
  EXPECT_DOUBLE_EQ(exact.score, 1);
  // With two classes of equal size and answers that are wrong by turns, weighted F1 is the accuracy.
  EXPECT_NEAR(fit_cascade_limit(items, 2, TaskKind::kCategory, 0.1).share, 0.7, 1e-9);
  EXPECT_GT(fit_cascade_limit({}, 2, TaskKind::kCategory, 0.1).limit, 1);
  // What the first does not know it never answers.
  for (CascadeItem& item : items) item.confidence = -1;
  EXPECT_GT(fit_cascade_limit(items, 2, TaskKind::kCategory, 1).limit, 1);
}

}  // namespace
}  // namespace aisle::tests
