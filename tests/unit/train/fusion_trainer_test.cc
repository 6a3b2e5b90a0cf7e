// Fused models from items to an opened model: with missing parts, over versions, as tags, and what is refused.
#include "train/fusion_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>

#include "core/error.h"
#include "core/files.h"
#include "model/archive.h"
#include "model/classifier.h"
#include "support/fake_encoders.h"
#include "support/list_source.h"
#include "support/temporary_folder.h"
#include "train/cascade_fit.h"
#include "train/mixture_fit.h"

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::CountingEncoders;

using Set = std::vector<std::pair<std::string, std::string>>;

Task shop(TaskKind kind = TaskKind::kCategory) {
  Task task;
  task.name = "shop";
  task.kind = kind;
  task.text_fields = {"title"};
  task.image_field = "photo";
  return task;
}

// Four kinds of thing. The title tells fruit from tool (and nothing more), the picture round from long.
std::vector<Item> shop_items(std::size_t count, TaskKind kind = TaskKind::kCategory) {
  std::vector<Item> items;
  for (std::size_t i = 0; i < count; ++i) {
    Item item;
    item.id = "item" + std::to_string(i);
    const bool fruit = i % 2 == 0, round = i / 2 % 2 == 0;
    item.texts = {std::string(fruit ? "fresh sweet" : "strong steel") + " day" + std::to_string(i % 7)};
    item.picture = std::string(round ? "round curve" : "long line") + " " + std::to_string(i % 5);
    const std::string what = fruit ? "fruit" : "tool", shape = round ? "round" : "long";
    if (kind == TaskKind::kTags) {
      item.labels = {what, shape};
      std::ranges::sort(item.labels);
    } else {
      item.labels = {shape + " " + what};
    }
    item.split = assigned_split(item.id);
    items.push_back(item);
  }
  return items;
}

class ListSupply final : public FusionSupply {
 public:
  explicit ListSupply(const std::vector<Item>& items) : items_(items) {}
  std::unique_ptr<ItemSource> open_items(bool pictures) override {
    pictures_asked = pictures_asked || pictures;
    return std::make_unique<tests::ListSource>(items_);
  }
  TrainedVersion find_version(std::int64_t version) override {
    const auto found = versions.find(version);
    if (found == versions.end()) throw Error(ErrorCode::kNotFound, "no version " + std::to_string(version));
    return found->second;
  }
  std::map<std::int64_t, TrainedVersion> versions;
  bool pictures_asked = false;

 private:
  const std::vector<Item>& items_;
};

class Fusion : public testing::Test {
 protected:
  std::filesystem::path train(const Task& task, const std::vector<Item>& items, const std::string& kind, const Set& set,
                              std::size_t threads = 1, const std::string& name = "model") {
    const Trainer& trainer = find_trainer(kind);
    tests::ListSource source(items);
    ListSupply supply(items);
    supply.versions = versions_;
    auto path = folder_.path() / name;
    epochs_.clear();
    held_out_ = {};
    trainer.train({task, {}, source, merge_parameters(trainer, set), 7, threads, path, encoders_, &supply},
                  {progress_, cancel_, [this](const EpochMetrics& epoch) { epochs_.push_back(epoch.epoch); },
                   [this](HeldOutAnswers answers) { held_out_ = std::move(answers); }});
    verify_archive(path);
    return path;
  }
  std::shared_ptr<const Classifier> model(const std::string& kind, const Set& set, std::size_t items = 240) {
    return open_classifier(train(shop(), shop_items(items), kind, set), encoders_);
  }
  std::string refusal(const std::string& kind, const Set& set, ErrorCode code) {
    try {
      train(shop(), shop_items(120), kind, set);
      return "trained";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      return error.what();
    }
  }
  static std::string best(const Classifier& model, const ItemView& item, bool known = true) {
    std::vector<float> p(model.card().labels.size());
    EXPECT_EQ(model.new_worker()->probabilities(item, p), known);
    EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-4);
    return model.card().labels[static_cast<std::size_t>(std::ranges::max_element(p) - p.begin())].label;
  }

  TemporaryFolder folder_;
  CountingEncoders encoders_;
  SilentProgress progress_;
  CancelToken cancel_;
  std::map<std::int64_t, TrainedVersion> versions_;
  std::vector<int> epochs_;
  HeldOutAnswers held_out_;
};

const Set kThree = {{"members", "linear,sentence:words,picture:pixels"}};
const std::vector<std::string> kFruit = {"fresh sweet day1"}, kTool = {"strong steel day2"}, kNothing = {""};

TEST_F(Fusion, M6_KnowsWhatOnlyBothPartsTell) {
  for (const char* kind : {"weighted", "concat", "average"}) {
    const auto fused = model(kind, kThree);
    EXPECT_EQ(fused->card().model, kind);
    EXPECT_TRUE(fused->card().reads_pictures);
    EXPECT_THAT(fused->card().members, ElementsAre("linear", "sentence:words", "picture:pixels"));
    EXPECT_EQ(best(*fused, {kFruit, "round curve 1"}), "round fruit") << kind;
    EXPECT_EQ(best(*fused, {kTool, "long line 1"}), "long tool") << kind;
    EXPECT_EQ(best(*fused, {kTool, "round curve 2"}), "round tool") << kind;
  }
}

TEST_F(Fusion, M6_OneModelAnswersTextsPicturesAndBoth) {
  for (const char* kind : {"weighted", "concat", "average"}) {
    const auto fused = model(kind, kThree);
    const auto worker = fused->new_worker();
    std::vector<float> p(4);  // long fruit, long tool, round fruit, round tool
    EXPECT_TRUE(worker->probabilities({kFruit, ""}, p));
    EXPECT_GT(p[0] + p[2], 0.8F) << kind;
    EXPECT_NEAR(p[0], p[2], 0.4F) << kind;  // the title cannot tell
    for (const auto& texts : {kNothing, std::vector<std::string>()}) {
      EXPECT_TRUE(worker->probabilities({texts, "round curve 1"}, p));
      EXPECT_GT(p[2] + p[3], 0.8F) << kind;
    }
    EXPECT_TRUE(worker->probabilities({kFruit, "damaged"}, p));
    EXPECT_GT(p[0] + p[2], 0.8F) << kind;
    EXPECT_FALSE(worker->probabilities({kNothing, "damaged"}, p));
    EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-3);
  }
}

TEST_F(Fusion, M6_CarriesTheAnswerOfEachMember) {
  const auto fused = model("weighted", kThree);
  const auto worker = fused->new_worker();
  std::vector<float> p(8);
  std::vector<std::uint8_t> known(2);
  const std::vector<ItemView> items = {{kFruit, "round curve 1"}, {kTool, ""}};
  worker->probabilities_of(items, p, known);
  ASSERT_EQ(worker->members_of(0).size(), 3U);
  EXPECT_TRUE(worker->members_of(0)[2].known);
  EXPECT_THAT(fused->card().labels[worker->members_of(0)[2].label].label, HasSubstr("round"));
  const std::span<const MemberAnswer> second = worker->members_of(1);
  EXPECT_TRUE(second[0].known && second[1].known);
  EXPECT_FALSE(second[2].known);
  EXPECT_THAT(fused->card().labels[second[0].label].label, HasSubstr("tool"));
  EXPECT_GT(second[0].probability, 0.3F);
  EXPECT_GE(second[1].milliseconds, 0);
  Prediction prediction;
  decide(fused->card(), std::span(p).subspan(4), 5, prediction, true, *worker, 1);
  EXPECT_EQ(prediction.members.size(), 3U);
}

TEST_F(Fusion, M6_SeveralItemsAtOnceAreAnsweredAsOneByOne) {
  for (const char* kind : {"weighted", "concat"}) {
    const auto fused = model(kind, kThree);
    std::vector<Item> items = shop_items(40);
    items[3].texts = {""};
    items[5].picture = "";
    items[7].texts = {""}, items[7].picture = "damaged";
    std::vector<ItemView> views;
    for (const Item& item : items) views.push_back(view(item));
    std::vector<float> together(4 * items.size()), alone(4);
    std::vector<std::uint8_t> known(items.size());
    fused->new_worker()->probabilities_of(views, together, known);
    for (std::size_t i = 0; i < items.size(); ++i) {
      EXPECT_EQ(fused->new_worker()->probabilities(views[i], alone), known[i] != 0);
      EXPECT_EQ(known[i], i != 7);
      for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(together[4 * i + k], alone[k], 1e-5);
    }
  }
}

TEST_F(Fusion, M6_LearnsFromItemsWithMissingParts) {
  std::vector<Item> items = shop_items(300);
  for (std::size_t i = 0; i < items.size(); i += 3) items[i].picture = i % 2 == 0 ? "" : "damaged";
  for (std::size_t i = 1; i < items.size(); i += 7) items[i].texts = {""};
  for (const char* kind : {"weighted", "concat", "average"}) {
    const auto fused = open_classifier(train(shop(), items, kind, kThree), encoders_);
    EXPECT_EQ(best(*fused, {kFruit, "round curve 1"}), "round fruit") << kind;
    EXPECT_THAT(best(*fused, {kTool, ""}), HasSubstr("tool")) << kind;
    EXPECT_THAT(best(*fused, {kNothing, "long line 1"}), HasSubstr("long")) << kind;
  }
}

TEST_F(Fusion, M6_TagsAreFusedToo) {
  for (const char* kind : {"weighted", "concat"}) {
    const auto fused =
        open_classifier(train(shop(TaskKind::kTags), shop_items(240, TaskKind::kTags), kind, kThree), encoders_);
    std::vector<float> p(4);  // fruit, long, round, tool
    const auto worker = fused->new_worker();
    EXPECT_TRUE(worker->probabilities({kFruit, "round curve 1"}, p));
    EXPECT_GT(p[0], 0.6F) << kind;
    EXPECT_GT(p[2], 0.6F) << kind;
    EXPECT_LT(p[1], 0.4F) << kind;
    EXPECT_LT(p[3], 0.4F) << kind;
    Prediction prediction;
    decide(fused->card(), p, 5, prediction, true, *worker);
    EXPECT_EQ(prediction.decision, Decision::kSure) << kind;
    EXPECT_TRUE(worker->probabilities({kFruit, ""}, p));
    EXPECT_GT(p[0], 0.6F) << kind;
  }
}

TEST_F(Fusion, M6_ReachesOneMembersOptions) {
  const Trainer& trainer = find_trainer("weighted");
  const Parameters merged = merge_parameters(trainer, Set{{"members", "linear,sentence:words,picture:pixels"},
                                                          {"linear.epochs", "3"},
                                                          {"sentence.c", "5"},
                                                          {"picture:pixels.precision", "f32"}});
  const std::map<std::string, std::string> values(merged.begin(), merged.end());
  EXPECT_EQ(values.at("linear.epochs"), "3");
  EXPECT_EQ(values.at("sentence:words.c"), "5");
  EXPECT_EQ(values.at("sentence:words.backbone"), "words");
  EXPECT_EQ(values.at("picture:pixels.precision"), "f32");
  EXPECT_EQ(values.at("linear.word_ngrams"), "2");
}

TEST_F(Fusion, M6_SaysWhatIsWrongWithMembers) {
  const auto with = [&](const std::string& members) {
    return refusal("weighted", {{"members", members}}, ErrorCode::kInvalidArgument);
  };
  EXPECT_THAT(refusal("weighted", {}, ErrorCode::kUsage), HasSubstr("--set members="));
  EXPECT_THAT(with("linear"), HasSubstr("two members or more"));
  EXPECT_THAT(with("linear,linear"), HasSubstr("twice"));
  EXPECT_THAT(with("linear,"), HasSubstr("empty name"));
  EXPECT_THAT(with("linear,tree"), HasSubstr("there is no kind of model 'tree'"));
  EXPECT_THAT(with("linear:words,sentence:words"), HasSubstr("stands on no backbone"));
  EXPECT_THAT(with("linear,sentence:"), HasSubstr("no backbone behind the colon"));
  EXPECT_THAT(with("linear,average"), HasSubstr("simple ones"));
  EXPECT_THAT(with("linear,cascade"), HasSubstr("simple ones"));
  EXPECT_THAT(refusal("weighted", {{"members", "linear,sentence"}}, ErrorCode::kUsage), HasSubstr("backbone=NAME"));
  EXPECT_THAT(refusal("concat", {{"members", "linear,7"}}, ErrorCode::kNotFound), HasSubstr("no version 7"));
  std::string many = "linear";
  for (int i = 0; i < 20; ++i) many += "," + std::to_string(i + 1);
  EXPECT_THAT(with(many), HasSubstr("more than 16"));
}

TEST_F(Fusion, M6_AnUnknownKeyNamesTheMembersKeys) {
  const auto with = [&](const std::string& key) {
    return refusal("weighted", {{"members", "linear,sentence:words"}, {key, "1"}}, ErrorCode::kUsage);
  };
  EXPECT_THAT(with("linear.epoch"), testing::AllOf(HasSubstr("'linear.epoch'"), HasSubstr("linear.epochs")));
  EXPECT_THAT(with("tree.epochs"), testing::AllOf(HasSubstr("--set tree.epochs"), HasSubstr("linear, sentence:words")));
  EXPECT_THAT(with("weights"), HasSubstr("members, wanted_precision"));
  versions_[3] = {"linear", {}, 1, {}};
  EXPECT_THAT(refusal("weighted", {{"members", "3,linear"}, {"3.epochs", "1"}}, ErrorCode::kUsage),
              HasSubstr("trained already"));
}

TEST_F(Fusion, M6_TakesVersionsAsTheyAre) {
  const Set set = {{"backbone", "words"}};
  const auto linear = train(shop(), shop_items(240), "linear", {}, 1, "one");
  const auto sentence = train(shop(), shop_items(240), "sentence", set, 1, "two");
  versions_[3] = {"linear", merge_parameters(find_trainer("linear"), Set{}), 7, linear};
  versions_[7] = {"sentence", merge_parameters(find_trainer("sentence"), set), 7, sentence};
  const auto path = train(shop(), shop_items(240), "weighted", {{"members", "3,7,picture:pixels"}});
  const auto fused = open_classifier(path, encoders_);
  EXPECT_THAT(fused->card().members, ElementsAre("3", "7", "picture:pixels"));
  EXPECT_EQ(best(*fused, {kFruit, "round curve 1"}), "round fruit");
  const Archive archive = Archive::open(path);
  const MappedFile file(linear);
  EXPECT_TRUE(std::ranges::equal(archive.section("member.0"), file.bytes()));
  versions_[4] = {"average", {}, 7, path};
  EXPECT_THAT(refusal("weighted", {{"members", "linear,4"}}, ErrorCode::kInvalidArgument), HasSubstr("simple ones"));
}

TEST_F(Fusion, M8_IsRepeatableBitForBit) {
  for (const char* kind : {"weighted", "concat", "average"}) {
    const auto one = read_file(train(shop(), shop_items(200), kind, kThree, 1, "one"), 1 << 24);
    const auto two = read_file(train(shop(), shop_items(200), kind, kThree, 2, "two"), 1 << 24);
    EXPECT_TRUE(one == two) << kind;
  }
}

TEST_F(Fusion, M8_CountsTheEpochsOfAllMembersThroughAndLeavesNoFiles) {
  train(shop(), shop_items(200), "concat", kThree);
  ASSERT_GT(epochs_.size(), 10U);
  for (std::size_t i = 1; i < epochs_.size(); ++i) EXPECT_GT(epochs_[i], epochs_[i - 1]);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(Fusion, M8_StopsWhenAsked) {
  cancel_.cancel();
  EXPECT_THAT(refusal("weighted", kThree, ErrorCode::kCancelled), HasSubstr("cancel"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(Fusion, M8_ExplainsByTheWordsOfItsMembers) {
  for (const char* kind : {"weighted", "concat"}) {
    const auto fused = model(kind, kThree);
    const Explanation explanation = fused->new_worker()->explain({kFruit, "round curve 1"}, 2, 2);
    ASSERT_EQ(explanation.evidence.size(), 2U) << kind;
    EXPECT_THAT(explanation.evidence[0].text, testing::AnyOf("fresh", "sweet")) << kind;
    EXPECT_GT(explanation.evidence[0].weight, 0) << kind;
  }
}

TEST_F(Fusion, M10_HeldOutAnswersAreCalibrated) {
  const std::vector<Item> items = shop_items(400);
  train(shop(), items, "weighted", {{"members", "linear,sentence:words"}});
  // The title tells two of four kinds: an honest model is half sure of its first answer, whatever it saw in training.
  ASSERT_GT(held_out_.items.size(), 300U);
  double top = 0;
  for (std::size_t i = 0; i < held_out_.items.size(); ++i)
    top += *std::max_element(&held_out_.probabilities[4 * i], &held_out_.probabilities[4 * i] + 4);
  EXPECT_NEAR(top / static_cast<double>(held_out_.items.size()), 0.5, 0.08);
}

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

TEST(MixtureFit, M6_FindsTheWeightsThatTheAnswersWereDrawnWith) {
  // Truth follows 0.8 * a + 0.2 * b exactly: each combination stands as often as that says.
  std::vector<TrainedMember> members(2);
  ItemTruth truth;
  truth.labels.add("x"), truth.labels.add("y");
  const double a[] = {0.9, 0.2}, b[] = {0.3, 0.8};
  for (const int i : {0, 1}) {
    for (const int j : {0, 1}) {
      const int of_x = static_cast<int>(std::lround(1000 * (0.8 * a[i] + 0.2 * b[j])));
      for (int n = 0; n < 1000; ++n) {
        truth.item_labels.push_back(n < of_x ? 0 : 1);
        truth.label_starts.push_back(static_cast<std::uint32_t>(truth.item_labels.size()));
        truth.keys.push_back(truth.keys.size());
        const double p[] = {a[i], b[j]};
        for (std::size_t m = 0; m < 2; ++m) {
          members[m].held_out.items.push_back(static_cast<std::uint32_t>(truth.keys.size() - 1));
          members[m].held_out.known.push_back(1);
          members[m].held_out.probabilities.push_back(static_cast<float>(p[m]));
          members[m].held_out.probabilities.push_back(static_cast<float>(1 - p[m]));
        }
      }
    }
  }
  const HeldOutPanel panel(members, truth.size(), 2);
  ASSERT_EQ(panel.size(), 4000U);
  std::vector<std::uint32_t> rows(4000);
  std::iota(rows.begin(), rows.end(), 0U);
  const std::vector<std::uint8_t> both = {1, 1}, second = {0, 1};
  const std::vector<float> weights = fit_mixture(panel, truth, rows, both, TaskKind::kCategory, {});
  EXPECT_NEAR(weights[0], 0.8, 0.02);
  EXPECT_NEAR(weights[0] + weights[1], 1, 1e-6);
  EXPECT_THAT(fit_mixture(panel, truth, rows, second, TaskKind::kCategory, {}), ElementsAre(0, 1));
  EXPECT_THAT(fit_mixture(panel, truth, {}, both, TaskKind::kCategory, {}), ElementsAre(0.5F, 0.5F));
}

}  // namespace
}  // namespace aisle
