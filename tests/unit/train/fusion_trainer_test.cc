// Fused models from items to an opened model: with missing parts, over versions, as tags, and what is refused.
#include <gmock/gmock.h>

#include "core/files.h"
#include "fusion_support.h"

namespace aisle::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

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

TEST_F(Fusion, M6_ReadsEveryOptionBeforeAnythingIsTrained) {
  const auto with = [&](const std::string& kind, const std::string& members, const std::string& key,
                        const std::string& value, ErrorCode code = ErrorCode::kInvalidArgument) {
    return refusal(kind, {{"members", members}, {key, value}}, code);
  };
  EXPECT_THAT(with("concat", "sentence:words,linear", "c", "much"), HasSubstr("c=much"));
  EXPECT_THAT(with("concat", "sentence:words,linear", "max_memory_mb", "1"), HasSubstr("max_memory_mb=1"));
  EXPECT_THAT(with("weighted", "sentence:words,linear", "linear.epochs", "x"), HasSubstr("epochs=x"));
  EXPECT_THAT(with("weighted", "sentence:words,picture:pixels", "picture.c", "x"), HasSubstr("c=x"));
  EXPECT_THAT(with("weighted", "sentence:words,picture:nobody", "wanted_precision", "0.9", ErrorCode::kNotFound),
              HasSubstr("'nobody'"));
  EXPECT_THAT(with("weighted", "sentence:words,picture:words", "wanted_precision", "0.9"),
              HasSubstr("--model sentence"));
  versions_[3] = versions_[4] = {"linear", merge_parameters(find_trainer("linear"), Set{}), 1, {}};
  EXPECT_THAT(with("concat", "3,4", "c", "1"), HasSubstr("stands on a backbone"));
  EXPECT_EQ(encoders_.words->encoded, 0);
}

// A version of other data that carry the same snapshot's number by mistake, say.
TEST_F(Fusion, M6_SeesBeforeTrainingThatAVersionKnowsOtherLabels) {
  const auto tags = train(shop(TaskKind::kTags), shop_items(120, TaskKind::kTags), "linear", {}, 1, "other");
  versions_[3] = {"linear", merge_parameters(find_trainer("linear"), Set{}), 7, tags};
  EXPECT_THAT(refusal("weighted", {{"members", "sentence:words,3"}}, ErrorCode::kInvalidArgument),
              HasSubstr("knows other labels"));
  EXPECT_EQ(encoders_.words->encoded, 0);
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

// Cancels where a stage begins.
class CancelAt final : public Progress {
 public:
  CancelAt(std::string stage, CancelToken& cancel) : stage_(std::move(stage)), cancel_(cancel) {}
  void update(const ProgressEvent& event) override {
    if (event.stage.find(stage_) == std::string_view::npos) return;
    seen = true;
    cancel_.cancel();
  }
  void message(std::string_view) override {}
  bool seen = false;

 private:
  std::string stage_;
  CancelToken& cancel_;
};

TEST_F(Fusion, M8_StopsInTheMiddleAndLeavesNoFile) {
  for (const char* stage : {"picture:pixels: computing", "sentence:words: choosing", "fusing"}) {
    CancelToken cancel;
    CancelAt progress(stage, cancel);
    const std::vector<Item> items = shop_items(200);
    ListSource source(items);
    ListSupply supply(items);
    const Trainer& trainer = find_trainer("weighted");
    const Task task = shop();
    try {
      trainer.train(
          {task, {}, source, merge_parameters(trainer, kThree), 7, 1, folder_.path() / "model", encoders_, &supply},
          {progress, cancel, {}});
      ADD_FAILURE() << stage;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kCancelled) << error.what();
    }
    EXPECT_TRUE(progress.seen) << stage;
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path())) << stage;
  }
}

// The named combinations are members like others, one network after the other or together.
class NamedEncoders final : public EncoderSource {
 public:
  std::shared_ptr<const Encoder> open(std::string_view backbone, std::string_view precision) override {
    return inner_.open(backbone == "xception" || backbone == "inception_v3" ? "pixels" : backbone, precision);
  }
  std::shared_ptr<const Encoder> open(const EncoderInfo& info) override { return inner_.open(info); }

 private:
  CountingEncoders inner_;
};

TEST_F(Fusion, M7_PictureNetworksAreMembersByTheirNames) {
  NamedEncoders encoders;
  const std::vector<Item> items = shop_items(240);
  const Task task = shop();
  const Trainer& trainer = find_trainer("weighted");
  for (const char* members : {"linear,picture:xception", "linear,sentence:words,picture:inception_v3",
                              "linear,picture:xception,picture:inception_v3"}) {
    ListSource source(items);
    ListSupply supply(items);
    const auto path = folder_.path() / "named";
    trainer.train(
        {task, {}, source, merge_parameters(trainer, Set{{"members", members}}), 7, 1, path, encoders, &supply},
        {progress_, cancel_, {}});
    EXPECT_EQ(best(*open_classifier(path, encoders), {kFruit, "round curve 1"}), "round fruit") << members;
  }
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

}  // namespace
}  // namespace aisle::tests
