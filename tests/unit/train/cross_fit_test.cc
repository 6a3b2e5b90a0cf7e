// Members on more items than cross-validation takes: answers of models of other folds, also for a rare label.
#include "train/cross_fit.h"

#include <gmock/gmock.h>

#include <cmath>

#include "core/digest.h"
#include "fusion_support.h"

namespace aisle::tests {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kRare = {"rare crystal"};

// 6,000 items with a stored validation part; one label has a single item.
std::vector<Item> many_items(std::size_t count = 6000) {
  std::vector<Item> items = shop_items(count);
  for (Item& item : items) item.split = mix64(hash64(item.id, 5)) % 10 == 0 ? Split::kValidation : Split::kTrain;
  items[1234].labels = {"crystal"};
  items[1234].texts = kRare;
  items[1234].split = Split::kTrain;
  return items;
}

class LargeFusion : public Fusion {
 protected:
  HeldOutAnswers answers(const std::vector<Item>& items, std::size_t wanted_of) {
    ListSource source(items);
    ListSupply supply(items);
    const Task task = shop();
    const Set set = {{"epochs", "1"}, {"word_ngrams", "1"}, {"char_ngrams", "0"}};
    const TrainRequest request{task, {}, source, {}, 7, 2, folder_.path() / "model", encoders_, &supply};
    const TrainCallbacks callbacks{progress_, cancel_, {}};
    truth_ = read_truth(request, callbacks);
    TrainedMember member;
    member.name.text = member.kind = "linear";
    member.parameters = merge_parameters(find_trainer("linear"), set);
    member.seed = 7;
    std::vector<std::uint8_t> wanted(truth_.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = i % wanted_of == 0 ? 1 : 0;
    return cross_fit(request, callbacks, truth_, member, wanted);
  }

  ItemTruth truth_;
};

TEST_F(LargeFusion, M6_ALabelOfOneFoldHasItsShareWhereItIsUnknown) {
  const std::vector<Item> items = many_items(1500);
  const HeldOutAnswers found = answers(items, 1);
  ASSERT_EQ(found.items.size(), 1500U);
  ASSERT_EQ(found.known.size(), 1500U);
  ASSERT_EQ(found.probabilities.size(), 1500U * 5);  // crystal, long fruit, long tool, round fruit, round tool
  std::size_t right = 0;
  for (std::size_t i = 0; i < found.items.size(); ++i) {
    const std::span<const float> row = std::span(found.probabilities).subspan(5 * i, 5);
    EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0), 1, 1e-3);
    const bool fruit = items[found.items[i]].labels[0].ends_with("fruit");
    right += (row[1] + row[3] > row[2] + row[4]) == fruit ? 1 : 0;
    if (found.items[i] == 1234) {
      EXPECT_NEAR(row[0], 1.5 / 1502.5, 1e-4);  // smoothed, by a model that never saw it
    }
  }
  EXPECT_GT(right, 1480U);
}

TEST_F(LargeFusion, M6_AsksForWhatIsWantedAlone) {
  const HeldOutAnswers found = answers(many_items(1500), 3);
  EXPECT_EQ(found.items.size(), 500U);
  EXPECT_TRUE(std::ranges::all_of(found.items, [](std::uint32_t item) { return item % 3 == 0; }));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(LargeFusion, M6_JoinsAMemberWithoutFeaturesOnManyItemsWithARareLabel) {
  const auto path = train(shop(), many_items(), "concat",
                          {{"members", "linear,sentence:words,picture:pixels"}, {"linear.char_ngrams", "0"}}, 2);
  const auto fused = open_classifier(path, encoders_);
  EXPECT_EQ(fused->card().labels.size(), 5U);
  EXPECT_EQ(best(*fused, {kFruit, "round curve 1"}), "round fruit");
  EXPECT_EQ(best(*fused, {kTool, "long line 1"}), "long tool");
}

// Two labels, one of which stands in one fold alone: that fold has no model.
TEST_F(LargeFusion, M6_LeavesOutAFoldWhoseOthersHaveOneLabel) {
  std::vector<Item> items = many_items(1500);
  for (Item& item : items) item.labels = {item.labels[0] == "crystal" ? "crystal" : "thing"};
  const HeldOutAnswers found = answers(items, 1);
  EXPECT_GT(found.items.size(), 1000U);
  EXPECT_LT(found.items.size(), 1400U);
  EXPECT_EQ(std::ranges::count(found.items, 1234U), 0);
}

}  // namespace
}  // namespace aisle::tests
