// Frozen networks from items to an opened model, with encoders that a test can look through.
#include "train/frozen_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "core/error.h"
#include "model/archive.h"
#include "model/classifier.h"
#include "support/fake_encoders.h"
#include "support/list_source.h"
#include "support/temporary_folder.h"
#include "train/frozen_data.h"

namespace aisle {
namespace {

using testing::HasSubstr;
using tests::CountingEncoders;

Task shop(TaskKind kind = TaskKind::kCategory) {
  Task task;
  task.name = "shop";
  task.kind = kind;
  task.text_fields = {"title", "body"};
  task.image_field = "photo";
  return task;
}

// Fruit and tools; a word of the title tells, and a word of the picture's bytes.
std::vector<Item> shop_items(std::size_t count, TaskKind kind = TaskKind::kCategory) {
  static const std::vector<std::string> kFruit = {"apple", "pear", "plum"}, kTools = {"hammer", "saw", "drill"};
  std::vector<Item> items;
  for (std::size_t i = 0; i < count; ++i) {
    Item item;
    item.id = "item" + std::to_string(i);
    const bool fruit = i % 2 == 0;
    item.texts = {(fruit ? kFruit : kTools)[i / 2 % 3], "sold on day " + std::to_string(i % 7)};
    item.picture = fruit ? "round red" : "long grey";
    item.labels = {fruit ? "fruit" : "tool"};
    if (kind == TaskKind::kTags && i % 7 == 0) item.labels.emplace_back("sunday");
    item.split = assigned_split(item.id);
    items.push_back(item);
  }
  return items;
}

class FrozenTraining : public testing::Test {
 protected:
  std::shared_ptr<const Classifier> train(const Task& task, const std::vector<Item>& items, const std::string& kind,
                                          const std::vector<std::pair<std::string, std::string>>& set,
                                          std::size_t threads = 1) {
    const Trainer& trainer = find_trainer(kind);
    tests::ListSource source(items);
    const auto path = folder_.path() / "model";
    trainer.train({task, {}, source, merge_parameters(trainer, set), 7, threads, path, encoders_},
                  {progress_, cancel_, {}});
    verify_archive(path);
    return open_classifier(path, encoders_);
  }

  static std::vector<float> answer(const Classifier& model, const ItemView& item) {
    std::vector<float> p(model.card().labels.size());
    model.new_worker()->probabilities(item, p);
    return p;
  }

  std::string refusal(const std::string& kind, const std::vector<std::pair<std::string, std::string>>& set) {
    try {
      train(shop(), shop_items(100), kind, set);
      return "trained";
    } catch (const Error& error) {
      return error.what();
    }
  }

  TemporaryFolder folder_;
  CountingEncoders encoders_;
  SilentProgress progress_;
  CancelToken cancel_;
};

TEST_F(FrozenTraining, M4_LearnsFromTheFeaturesOfTexts) {
  const std::vector<Item> items = shop_items(200);
  const auto model = train(shop(), items, "sentence", {{"backbone", "words"}});
  EXPECT_EQ(model->card().model, "sentence");
  EXPECT_FALSE(model->card().reads_pictures);
  for (const Item& item : items) {
    const std::vector<float> p = answer(*model, view(item));
    EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-5);
    EXPECT_EQ(p[0] > p[1], item.labels[0] == "fruit") << item.id;
  }
}

TEST_F(FrozenTraining, M5_LearnsFromTheFeaturesOfPicturesAndLivesWithDamagedOnes) {
  std::vector<Item> items = shop_items(200);
  for (std::size_t i = 0; i < items.size(); i += 10) items[i].picture = i % 20 == 0 ? "damaged" : "";
  const auto model = train(shop(), items, "picture", {{"backbone", "pixels"}});
  EXPECT_TRUE(model->card().reads_pictures);
  const std::vector<float> fruit = answer(*model, {{}, "round red"});
  EXPECT_GT(fruit[0], 0.9F);
  // Without a picture that can be read the answer is the priors, and it says that it knows nothing.
  std::vector<float> p(2);
  for (const char* nothing : {"", "damaged at once"}) {
    EXPECT_FALSE(model->new_worker()->probabilities({{}, nothing}, p));
    EXPECT_NEAR(p[0] + p[1], 1, 1e-3);
    EXPECT_LT(p[0], 0.7F);
  }
}

TEST_F(FrozenTraining, M4_TagsHaveAProbabilityEach) {
  const std::vector<Item> items = shop_items(300, TaskKind::kTags);
  const auto model = train(shop(TaskKind::kTags), items, "sentence", {{"backbone", "words"}});
  const std::vector<float> p = answer(*model, {std::vector<std::string>{"apple", "sold on day 0"}, {}});
  ASSERT_EQ(p.size(), 3U);
  EXPECT_GT(p[0], 0.8F);  // fruit
  EXPECT_GT(p[1], 0.5F);  // sunday
  EXPECT_LT(p[2], 0.2F);  // tool
}

TEST_F(FrozenTraining, M4_SeveralItemsAtOnceAreAnsweredAsOneByOne) {
  std::vector<Item> items = shop_items(60);
  const auto model = train(shop(), items, "sentence", {{"backbone", "words"}});
  items[3].texts = {"", ""};
  std::vector<ItemView> views;
  for (const Item& item : items) views.push_back(view(item));
  std::vector<float> together(2 * items.size());
  std::vector<std::uint8_t> known(items.size());
  model->new_worker()->probabilities_of(views, together, known);
  for (std::size_t i = 0; i < items.size(); ++i) {
    EXPECT_EQ(known[i], i != 3);
    EXPECT_NEAR(together[2 * i], answer(*model, views[i])[0], 1e-6);
  }
}

TEST_F(FrozenTraining, M8_IsRepeatableBitForBit) {
  const std::vector<Item> items = shop_items(200);
  const auto one = train(shop(), items, "sentence", {{"backbone", "words"}});
  const auto two = train(shop(), items, "sentence", {{"backbone", "words"}}, 2);
  EXPECT_EQ(answer(*one, view(items[0])), answer(*two, view(items[0])));
}

TEST_F(FrozenTraining, M8_ExplainsByTheWordsThatMatter) {
  const auto model = train(shop(), shop_items(200), "sentence", {{"backbone", "words"}});
  const std::vector<std::string> texts = {"apple", "sold on day 3"};
  const Explanation explanation = model->new_worker()->explain({texts, {}}, 0, 3);
  ASSERT_EQ(explanation.evidence.size(), 3U);
  EXPECT_EQ(explanation.evidence[0].text, "apple");
  EXPECT_EQ(explanation.evidence[0].field, "title");
  EXPECT_GT(explanation.evidence[0].weight, 0);
}

TEST_F(FrozenTraining, M4_SaysWhatIsMissing) {
  EXPECT_THAT(refusal("sentence", {}), HasSubstr("--set backbone=NAME"));
  EXPECT_THAT(refusal("sentence", {{"backbone", "nobody"}}), HasSubstr("nobody"));
  EXPECT_THAT(refusal("sentence", {{"backbone", "pixels"}}), HasSubstr("use --model picture"));
  EXPECT_THAT(refusal("picture", {{"backbone", "words"}}), HasSubstr("use --model sentence"));
  EXPECT_THAT(refusal("sentence", {{"backbone", "words"}, {"c", "many"}}), HasSubstr("--set c=many"));
}

TEST_F(FrozenTraining, M8_ABoundOnMemoryLeavesASample) {
  const std::vector<Item> items = shop_items(1000);
  tests::ListSource source(items);
  const Task task = shop();
  const Parameters none;
  const TrainRequest request{task, {}, source, none, 7, 1, folder_.path() / "m", encoders_};
  const TrainCallbacks callbacks{progress_, cancel_, {}};
  TrainItemReader reader(request, callbacks);
  const std::size_t row = encoders_.words->info().dimension * sizeof(float);
  const FrozenData data = read_features(reader, *encoders_.words, 1, 300 * row, callbacks);
  EXPECT_LE(data.set.size(), 300U);
  EXPECT_GT(data.set.size(), 100U);
  EXPECT_EQ(data.set.size(), data.keys.size());
  EXPECT_GT(data.left_out, 500U);
}

}  // namespace
}  // namespace aisle
