// Training from items to an opened model, through the interfaces that everybody uses.
#include "train/trainer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/error.h"
#include "model/archive.h"
#include "model/classifier.h"
#include "support/temporary_folder.h"

namespace aisle {
namespace {

class ListSource final : public ItemSource {
 public:
  explicit ListSource(const std::vector<Item>& items) : items_(items) {}
  bool next(Item& item) override {
    if (at_ == items_.size()) return false;
    item = items_[at_++];
    return true;
  }

 private:
  const std::vector<Item>& items_;
  std::size_t at_ = 0;
};

Task make_task(TaskKind kind) {
  Task task;
  task.name = "toy";
  task.kind = kind;
  task.text_fields = {"title", "body"};
  return task;
}

// Fruit and tools; every text has a word that tells.
std::vector<Item> toy_items(std::size_t count) {
  static const std::vector<std::string> kFruit = {"apple", "pear", "plum", "cherry"}, kTools = {"hammer", "saw", "drill", "pliers"};
  std::vector<Item> items;
  for (std::size_t i = 0; i < count; ++i) {
    Item item;
    item.id = "item" + std::to_string(i);
    const bool fruit = i % 2 == 0;
    item.texts = {(fruit ? kFruit : kTools)[i / 2 % 4], "a thing that people buy on day " + std::to_string(i % 7)};
    item.labels = {fruit ? "fruit" : "tool"};
    item.split = assigned_split(item.id);
    items.push_back(item);
  }
  return items;
}

std::shared_ptr<const Classifier> train(const Task& task, const std::vector<Item>& items, const std::filesystem::path& path,
                                        const std::vector<std::pair<std::string, std::string>>& set = {}, std::size_t threads = 1) {
  const Trainer& trainer = find_trainer("linear");
  ListSource source(items);
  SilentProgress progress;
  CancelToken cancel;
  trainer.train({task, {}, source, merge_parameters(trainer, set), 7, threads, path}, {progress, cancel, {}});
  verify_archive(path);
  return open_classifier(path);
}

std::vector<float> predict(const Classifier& model, std::vector<std::string> texts) {
  std::vector<float> p(model.card().labels.size());
  model.new_worker()->probabilities({texts}, p);
  return p;
}

TEST(LinearTrainer, M1_SeparatesWhatCanBeSeparated) {
  const TemporaryFolder folder;
  const std::vector<Item> items = toy_items(200);
  const auto model = train(make_task(TaskKind::kCategory), items, folder.path() / "model");
  ASSERT_EQ(model->card().labels.size(), 2U);
  EXPECT_EQ(model->card().labels[0].label, "fruit");
  for (const Item& item : items) {
    const std::vector<float> p = predict(*model, item.texts);
    EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-5);
    EXPECT_EQ(p[0] > p[1], item.labels[0] == "fruit") << item.id;
  }
}

TEST(LinearTrainer, AnswersPriorsWhereItKnowsNoWord) {
  const TemporaryFolder folder;
  const auto model = train(make_task(TaskKind::kCategory), toy_items(200), folder.path() / "model");
  const std::vector<float> p = predict(*model, {"", ""});
  EXPECT_NEAR(p[0], 0.5, 0.1);
  EXPECT_EQ(p, predict(*model, {"xyzzy", "qwertz"}));
}

TEST(LinearTrainer, RefusesOneClass) {
  const TemporaryFolder folder;
  std::vector<Item> items = toy_items(20);
  for (Item& item : items) item.labels = {"same"};
  try {
    train(make_task(TaskKind::kCategory), items, folder.path() / "model");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kFailedPrecondition);
  }
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "model"));
}

}  // namespace
}  // namespace aisle
