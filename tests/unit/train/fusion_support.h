// What the tests of fused models share: a shop of four kinds of thing, and a fixture that trains on it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "model/archive.h"
#include "model/classifier.h"
#include "support/fake_encoders.h"
#include "support/list_source.h"
#include "support/temporary_folder.h"
#include "train/trainer.h"

namespace aisle::tests {

using Set = std::vector<std::pair<std::string, std::string>>;

inline Task shop(TaskKind kind = TaskKind::kCategory) {
  Task task;
  task.name = "shop";
  task.kind = kind;
  task.text_fields = {"title"};
  task.image_field = "photo";
  return task;
}

// Four kinds of thing. The title tells fruit from tool (and nothing more), the picture round from long.
inline std::vector<Item> shop_items(std::size_t count, TaskKind kind = TaskKind::kCategory) {
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
    return std::make_unique<ListSource>(items_);
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
    ListSource source(items);
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

inline const Set kThree = {{"members", "linear,sentence:words,picture:pixels"}};
inline const std::vector<std::string> kFruit = {"fresh sweet day1"}, kTool = {"strong steel day2"}, kNothing = {""};

}  // namespace aisle::tests
