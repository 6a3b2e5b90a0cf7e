#include "train/mistakes.h"

#include <gtest/gtest.h>

#include <numeric>

#include "core/random.h"

namespace aisle {
namespace {

std::vector<std::string> ids(std::vector<Mistake> mistakes) {
  std::vector<std::string> result;
  for (const Mistake& mistake : mistakes) result.push_back(mistake.id);
  return result;
}

Mistake mistake(int i) {
  return {"item " + std::to_string(i), "", {}, {}, static_cast<double>(i % 100) / 100};
}

TEST(WorstMistakes, KeepsTheMostConfidentFiftyWhateverTheOrder) {
  std::vector<int> numbers(1000);
  std::iota(numbers.begin(), numbers.end(), 0);
  WorstMistakes first;
  for (const int i : numbers) first.add(mistake(i));
  const std::vector<Mistake> kept = first.take();
  ASSERT_EQ(kept.size(), 50U);
  EXPECT_EQ(kept.front().id, "item 199");  // ten have 0.99; by id
  EXPECT_EQ(kept.back().probability, 0.95);

  Random(3).shuffle(std::span(numbers));
  WorstMistakes left, right;
  for (const int i : numbers) (i % 3 == 0 ? left : right).add(mistake(i));
  left.merge(std::move(right));
  EXPECT_EQ(ids(left.take()), ids(kept));
}

TEST(WorstMistakes, WantsWhatItWouldKeep) {
  WorstMistakes worst;
  EXPECT_TRUE(worst.wants(0, "x"));
  for (int i = 0; i < 50; ++i) worst.add({"b", "", {}, {}, 0.5});
  EXPECT_FALSE(worst.wants(0.4, "a"));
  EXPECT_FALSE(worst.wants(0.5, "c"));
  EXPECT_TRUE(worst.wants(0.5, "a"));
  EXPECT_TRUE(worst.wants(0.6, "c"));
}

}  // namespace
}  // namespace aisle
