// Training from items to an opened model, through the interfaces that everybody uses.
#include "train/trainer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/files.h"
#include "core/random.h"
#include "model/archive.h"
#include "model/classifier.h"
#include "support/temporary_folder.h"
#include "support/vector_source.h"

namespace aisle {
namespace {

Task make_task(TaskKind kind) {
  Task task;
  task.name = "toy";
  task.kind = kind;
  task.text_fields = {"title", "body"};
  return task;
}

// Fruit and tools; every text has a word that tells.
std::vector<Item> toy_items(std::size_t count) {
  static const std::vector<std::string> kFruit = {"apple", "pear", "plum", "cherry"},
                                        kTools = {"hammer", "saw", "drill", "pliers"};
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

std::shared_ptr<const Classifier> train(const Task& task, const std::vector<Item>& items,
                                        const std::filesystem::path& path,
                                        const std::vector<std::pair<std::string, std::string>>& set = {},
                                        std::size_t threads = 1) {
  const Trainer& trainer = find_trainer("linear");
  VectorSource source(items);
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
  EXPECT_EQ(p, predict(*model, {"xxx", "zzz"}));
}

// Enough items for the streaming path, with noise.
std::vector<Item> many_items(std::size_t count, std::size_t classes) {
  std::vector<Item> items;
  Random random(5);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t label = random.below(classes);
    Item item;
    item.id = "item" + std::to_string(i);
    item.texts = {"title" + std::to_string(label), ""};
    for (int word = 0; word < 5; ++word) {
      const std::size_t topic = random.below(4) == 0 ? random.below(classes) : label;
      item.texts[1] += "word" + std::to_string(topic * 20 + random.below(20)) + " ";
    }
    if (random.below(3) == 0) item.texts[0] = "untitled";
    item.labels = {"label" + std::to_string(label)};
    item.split = assigned_split(item.id);
    items.push_back(std::move(item));
  }
  return items;
}

double accuracy(const Classifier& model, const std::vector<Item>& items) {
  double right = 0, count = 0;
  for (const Item& item : items) {
    if (item.split != Split::kTest) continue;
    const std::vector<float> p = predict(model, item.texts);
    const auto best = static_cast<std::size_t>(std::ranges::max_element(p) - p.begin());
    right += model.card().labels[best].label == item.labels[0];
    ++count;
  }
  return right / count;
}

TEST(LinearTrainer, M1_LearnsAndIsTheSameForAnyNumberOfThreads) {
  const TemporaryFolder folder;
  const std::vector<Item> items = many_items(6500, 20);
  const auto model = train(make_task(TaskKind::kCategory), items, folder.path() / "one");
  EXPECT_GT(accuracy(*model, items), 0.95);
  train(make_task(TaskKind::kCategory), items, folder.path() / "again");
  train(make_task(TaskKind::kCategory), items, folder.path() / "three", {}, 3);
  const std::string bytes = read_file(folder.path() / "one", 1 << 28);
  EXPECT_TRUE(bytes == read_file(folder.path() / "again", 1 << 28));
  EXPECT_TRUE(bytes == read_file(folder.path() / "three", 1 << 28));
}

TEST(LinearTrainer, SmallTasksAreTheSameForAnyNumberOfThreads) {
  const TemporaryFolder folder;
  const std::vector<Item> items = many_items(300, 4);
  train(make_task(TaskKind::kCategory), items, folder.path() / "one");
  train(make_task(TaskKind::kCategory), items, folder.path() / "two", {}, 2);
  EXPECT_TRUE(read_file(folder.path() / "one", 1 << 28) == read_file(folder.path() / "two", 1 << 28));
}

TEST(LinearTrainer, M1_CharactersAreExplainedByTheirWords) {
  const TemporaryFolder folder;
  const auto model =
      train(make_task(TaskKind::kCategory), toy_items(200), folder.path() / "model", {{"char_ngrams", "2-4"}});
  const std::vector<std::string> texts = {"red apple", "apple"};
  const Explanation explanation = model->new_worker()->explain({texts, {}}, 0, 20);
  ASSERT_FALSE(explanation.evidence.empty());
  EXPECT_EQ(explanation.evidence[0].text, "apple");
  for (const Evidence& evidence : explanation.evidence)
    EXPECT_TRUE(evidence.text == "apple" || evidence.text == "red" || evidence.text == "red apple") << evidence.text;
}

TEST(LinearTrainer, M1_PruningLeavesOutTheWeightsThatSayLeast) {
  const TemporaryFolder folder;
  const std::vector<Item> items = many_items(600, 4);
  const auto size = [&](const char* share) {
    const auto path = folder.path() / share;
    const auto model = train(make_task(TaskKind::kCategory), items, path, {{"prune", share}});
    EXPECT_GT(accuracy(*model, items), 0.95) << share;
    return std::filesystem::file_size(path);
  };
  const auto whole = size("0"), half = size("0.5");
  EXPECT_LT(half, whole);
}

// A quarter of the labels is drawn by lot: nobody can be right there, and a model that says it is sure does not know
// itself.
TEST(LinearTrainer, M10_SmallTasksAreAsSureAsTheyAreRight) {
  const TemporaryFolder folder;
  std::vector<Item> items = many_items(3000, 4);
  Random random(11);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (random.below(4) == 0) items[i].labels = {"label" + std::to_string(random.below(4))};
    items[i].split = i < 800 ? Split::kTrain : Split::kTest;
  }
  const auto model = train(make_task(TaskKind::kCategory), items, folder.path() / "model");
  double sure = 0;
  for (std::size_t i = 800; i < items.size(); ++i) sure += std::ranges::max(predict(*model, items[i].texts));
  EXPECT_NEAR(sure / 2200, accuracy(*model, items), 0.04);
}

TEST(LinearTrainer, StaysWithinTheModelsSize) {
  const TemporaryFolder folder;
  std::vector<Item> items = many_items(6000, 40);
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (std::size_t word = 0; word < 40; ++word)
      items[i].texts[1] += " rare" + std::to_string((i + word * 151) % 3000 / 2);
  }
  train(make_task(TaskKind::kCategory), items, folder.path() / "small", {{"max_model_mb", "1"}, {"hash_bits", "18"}});
  EXPECT_LE(std::filesystem::file_size(folder.path() / "small"), (1U << 20) + 16384);
  EXPECT_GT(accuracy(*open_classifier(folder.path() / "small"), items),
            0.7);  // chance: 0.025; most words here are noise
}

TEST(LinearTrainer, TheTestPartIsNotUsed) {
  const TemporaryFolder folder;
  std::vector<Item> items = toy_items(200);
  const auto model = train(make_task(TaskKind::kCategory), items, folder.path() / "a");
  for (Item& item : items) {
    if (item.split == Split::kTest) item.labels = {"poison"}, item.texts = {"poison", "poison"};
  }
  train(make_task(TaskKind::kCategory), items, folder.path() / "b");
  EXPECT_TRUE(read_file(folder.path() / "a", 1 << 28) == read_file(folder.path() / "b", 1 << 28));
}

TEST(LinearTrainer, TagsAreSelectedByTheirLimits) {
  const TemporaryFolder folder;
  std::vector<Item> items;
  Random random(9);
  for (int i = 0; i < 600; ++i) {
    Item item;
    item.id = std::to_string(i);
    item.texts = {"", "text"};
    for (const std::string tag : {"red", "round", "sweet", "large"}) {
      if (random.below(3) != 0) continue;
      item.labels.push_back(tag);
      item.texts[1] += " " + tag + "ish";
    }
    if (item.labels.empty()) continue;
    std::ranges::sort(item.labels);
    items.push_back(item);
  }
  const auto model = train(make_task(TaskKind::kTags), items, folder.path() / "model");
  std::vector<float> p = predict(*model, {"", "a redish and sweetish thing"});
  Prediction prediction;
  decide(model->card(), p, 1, prediction);
  std::vector<std::string> selected;
  for (const LabelScore& score : prediction.labels) {
    if (score.selected) selected.push_back(model->card().labels[score.label].label);
  }
  std::ranges::sort(selected);
  EXPECT_EQ(selected, (std::vector<std::string>{"red", "sweet"}));
}

TEST(LinearTrainer, KeepsTheNamesOfLabels) {
  const TemporaryFolder folder;
  const std::vector<Item> items = toy_items(60);
  const Task task = make_task(TaskKind::kCategory);
  const std::vector<LabelInfo> names = {{"tool", "Tools", 0}};
  VectorSource source(items);
  SilentProgress progress;
  CancelToken cancel;
  const Trainer& trainer = find_trainer("linear");
  trainer.train({task, names, source, merge_parameters(trainer, {}), 7, 1, folder.path() / "m"},
                {progress, cancel, {}});
  const auto model = open_classifier(folder.path() / "m");
  EXPECT_EQ(model->card().labels[0].name, "fruit");
  EXPECT_EQ(model->card().labels[1].name, "Tools");
  EXPECT_GT(model->card().labels[1].items, 10);
}

TEST(LinearTrainer, StopsWhenAsked) {
  const TemporaryFolder folder;
  const std::vector<Item> items = many_items(6000, 3);
  const Task task = make_task(TaskKind::kCategory);
  VectorSource source(items);
  SilentProgress progress;
  CancelToken cancel;
  const Trainer& trainer = find_trainer("linear");
  const auto stop = [&](const EpochMetrics&) { cancel.cancel(); };
  try {
    trainer.train({task, {}, source, merge_parameters(trainer, {}), 7, 2, folder.path() / "m"},
                  {progress, cancel, stop});
    FAIL() << "not cancelled";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCancelled);
  }
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "m"));
}

TEST(Trainers, RefuseUnknownKindsKeysAndValues) {
  EXPECT_THROW(find_trainer("oracle"), Error);
  const Trainer& trainer = find_trainer("linear");
  EXPECT_THROW(merge_parameters(trainer, std::vector<std::pair<std::string, std::string>>{{"colour", "red"}}), Error);
  const TemporaryFolder folder;
  for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{{"epochs", "-1"},
                                                                                   {"epochs", "many"},
                                                                                   {"learning_rate", "nan"},
                                                                                   {"char_ngrams", "5-2"},
                                                                                   {"char_ngrams", "9"},
                                                                                   {"hash_bits", "3"},
                                                                                   {"by_field", "yes"},
                                                                                   {"word_ngrams", "4"},
                                                                                   {"max_model_mb", ""},
                                                                                   {"wanted_precision", "1.5"}}) {
    try {
      train(make_task(TaskKind::kCategory), toy_items(20), folder.path() / "m", {{key, value}});
      ADD_FAILURE() << key << "=" << value << " was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument) << key << "=" << value;
    }
  }
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
