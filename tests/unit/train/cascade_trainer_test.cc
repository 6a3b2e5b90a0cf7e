// Cascades from items to an opened model: kinds, versions, tags, and what is refused.
#include <gmock/gmock.h>

#include "core/files.h"
#include "fusion_support.h"
#include "train/metrics.h"

namespace aisle::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Set kCascade = {
    {"first", "linear"}, {"second", "weighted"}, {"second.members", "linear,sentence:words,picture:pixels"}};

// Two titles of three tell everything, the others only what the thing is.
std::vector<Item> telling(std::size_t count, TaskKind kind = TaskKind::kCategory) {
  std::vector<Item> items = shop_items(count, kind);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i % 3 != 0) items[i].texts[0] += i / 2 % 2 == 0 ? " ball" : " stick";
  }
  return items;
}

const std::vector<std::string> kClear = {"fresh sweet ball day1"};

TEST_F(Fusion, M14_TheFirstModelAnswersWhereItIsSure) {
  Set set = kCascade;
  set.emplace_back("max_loss", "0.02");
  const auto path = train(shop(), telling(400), "cascade", set);
  const auto cascade = open_classifier(path, encoders_);
  EXPECT_THAT(cascade->card().members,
              ElementsAre("linear", "weighted", "second.linear", "second.sentence:words", "second.picture:pixels"));
  const auto worker = cascade->new_worker();
  std::vector<float> p(4);
  EXPECT_TRUE(worker->answer_at_once({kClear, "round curve 1"}, p));
  EXPECT_GT(p[2], 0.8F);  // round fruit
  EXPECT_EQ(worker->members_of(0).size(), 1U);
  EXPECT_FALSE(worker->answer_at_once({kFruit, "round curve 1"}, p));
  EXPECT_FALSE(worker->answer_at_once({kNothing, "round curve 1"}, p));
  EXPECT_EQ(best(*cascade, {kFruit, "round curve 1"}), "round fruit");
  EXPECT_TRUE(worker->probabilities({kFruit, "round curve 1"}, p));
  EXPECT_EQ(worker->members_of(0).size(), 5U);
  EXPECT_EQ(worker->members_of(0)[4].member, 4U);
  // Several items at once: each has the members that it was asked of.
  const std::vector<ItemView> views = {{kFruit, "round curve 1"}, {kClear, ""}, {kNothing, ""}, {kTool, "long line 1"}};
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

// Micro F1 of a model's own selection.
double micro_f1(const Classifier& model, const std::vector<Item>& items) {
  ClassCounts counts(model.card().labels.size());
  const auto worker = model.new_worker();
  std::vector<float> p(model.card().labels.size());
  for (const Item& item : items) {
    Prediction prediction;
    decide(model.card(), p, 1, prediction, worker->probabilities(view(item), p));
    std::vector<std::uint32_t> truth, answer;
    for (std::uint32_t k = 0; k < p.size(); ++k) {
      if (std::ranges::count(item.labels, model.card().labels[k].label) > 0) truth.push_back(k);
    }
    for (const LabelScore& score : prediction.labels) {
      if (score.selected) answer.push_back(score.label);
    }
    std::ranges::sort(answer);
    counts.add(truth, answer);
  }
  return counts.micro_f1();
}

TEST_F(Fusion, M14_ACascadeOfTagsAnswersAtOnceWhereItIsSure) {
  const std::vector<Item> items = telling(600, TaskKind::kTags);
  Set set = kCascade;
  set.emplace_back("max_loss", "0.02");
  const auto cascade = open_classifier(train(shop(TaskKind::kTags), items, "cascade", set), encoders_);
  const auto second = open_classifier(train(shop(TaskKind::kTags), items, "weighted", kThree), encoders_);
  const auto worker = cascade->new_worker();
  std::vector<float> p(4);  // fruit, long, round, tool
  EXPECT_TRUE(worker->answer_at_once({kClear, "round curve 1"}, p));
  EXPECT_GT(p[0], 0.6F);
  EXPECT_GT(p[2], 0.6F);
  EXPECT_FALSE(worker->answer_at_once({kFruit, "round curve 1"}, p));
  std::vector<Item> test;
  for (const Item& item : telling(2000, TaskKind::kTags)) {
    if (item.split == Split::kTest) test.push_back(item);
  }
  EXPECT_GT(micro_f1(*cascade, test), micro_f1(*second, test) - 0.02);
  EXPECT_GT(micro_f1(*cascade, test), 0.9);
}

TEST_F(Fusion, M14_WithFewItemsTheFirstNeverAnswers) {
  const auto cascade = open_classifier(train(shop(), telling(240), "cascade", kCascade), encoders_);
  std::vector<float> p(4);
  EXPECT_FALSE(cascade->new_worker()->answer_at_once({kClear, "round curve 1"}, p));
  EXPECT_EQ(best(*cascade, {kClear, "round curve 1"}), "round fruit");
}

// 8 is a fusion of versions; its file outlives one of them.
TEST_F(Fusion, M14_StandsOnAVersionWhoseMembersAreGone) {
  const std::vector<Item> items = telling(400);
  const Set words = {{"backbone", "words"}};
  const Parameters defaults = merge_parameters(find_trainer("linear"), Set{});
  versions_[3] = {"linear", defaults, 7, train(shop(), items, "linear", {}, 1, "three")};
  versions_[7] = {"sentence", merge_parameters(find_trainer("sentence"), words), 7,
                  train(shop(), items, "sentence", words, 1, "seven")};
  const Set both = {{"members", "3,7"}};
  const auto fused = train(shop(), items, "weighted", both, 1, "eight");
  const ModelCard card = read_model_card(fused);
  ASSERT_EQ(card.member_trainings.size(), 2U);
  EXPECT_EQ(card.member_trainings[0].parameters, defaults);
  EXPECT_EQ(card.member_trainings[1].model, "sentence");
  EXPECT_EQ(card.member_trainings[1].seed, 7U);
  versions_[8] = {"weighted", merge_parameters(find_trainer("weighted"), both), 7, fused};
  versions_.erase(3);
  const auto path = train(shop(), items, "cascade", {{"first", "linear"}, {"second", "8"}, {"max_loss", "0.03"}});
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 4);  // three, seven, eight, model
  const auto cascade = open_classifier(path, encoders_);
  EXPECT_THAT(cascade->card().members, ElementsAre("linear", "8", "second.3", "second.7"));
  const Archive archive = Archive::open(path);
  EXPECT_TRUE(std::ranges::equal(archive.section("member.1"), MappedFile(fused).bytes()));
  const std::vector<EncoderInfo> encoders = read_encoders(path);
  ASSERT_EQ(encoders.size(), 1U);
  EXPECT_EQ(encoders[0].backbone, "words");
  versions_[9] = {"cascade", {}, 7, path};
  EXPECT_THAT(refusal("cascade", {{"second", "9"}}, ErrorCode::kInvalidArgument), HasSubstr("is a cascade"));
}

TEST_F(Fusion, M14_SaysWhatIsWrongWithACascade) {
  EXPECT_THAT(refusal("cascade", {{"second", "cascade"}}, ErrorCode::kInvalidArgument), HasSubstr("is a cascade"));
  EXPECT_THAT(refusal("cascade", {}, ErrorCode::kUsage), HasSubstr("second.members="));
  EXPECT_THAT(refusal("cascade", {{"second", "sentence:words"}, {"second.epochs", "1"}}, ErrorCode::kUsage),
              HasSubstr("second.c"));
  EXPECT_THAT(refusal("cascade", {{"second", "sentence:words"}, {"max_loss", "much"}}, ErrorCode::kInvalidArgument),
              HasSubstr("max_loss"));
  EXPECT_THAT(refusal("cascade", {{"second", "5"}}, ErrorCode::kNotFound), HasSubstr("no version 5"));
  EXPECT_THAT(refusal("cascade", {{"second", "sentence:nobody"}}, ErrorCode::kNotFound), HasSubstr("'nobody'"));
  EXPECT_EQ(encoders_.words->encoded, 0);
}

}  // namespace
}  // namespace aisle::tests
