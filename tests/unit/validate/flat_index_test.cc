#include "validate/flat_index.h"

#include <gtest/gtest.h>

#include <unordered_map>

#include "core/random.h"

namespace aisle {
namespace {

std::vector<std::uint32_t> values_of(const FlatIndex& index, std::uint64_t key) {
  std::vector<std::uint32_t> values;
  index.find(key, [&](std::uint32_t value) {
    values.push_back(value);
    return false;
  });
  return values;
}

TEST(FlatIndex, AgreesWithTheStandardMap) {
  Random random(3);
  FlatIndex index;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> reference;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    const std::uint64_t key = mix64(random.below(30'000));
    index.add(key, i);
    reference[key].push_back(i);
  }
  EXPECT_EQ(index.size(), 100'000U);
  for (const auto& [key, values] : reference) ASSERT_EQ(values_of(index, key), values);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(values_of(index, mix64(1'000'000'000 + random.below(1'000'000))).empty());
}

TEST(FlatIndex, KeepsAsManyValuesOfAKeyAsAsked) {
  FlatIndex index;
  for (std::uint32_t i = 0; i < 1000; ++i) index.add(42, i, 4);
  EXPECT_EQ(values_of(index, 42), (std::vector<std::uint32_t>{0, 1, 2, 3}));
  EXPECT_EQ(index.size(), 4U);
}

TEST(FlatIndex, StopsWhereTheVisitorSays) {
  FlatIndex index;
  EXPECT_FALSE(index.find(7, [](std::uint32_t) { return true; }));
  index.add(7, 1);
  index.add(7, 2);
  EXPECT_TRUE(index.find(7, [](std::uint32_t value) { return value == 1; }));
  EXPECT_FALSE(index.find(7, [](std::uint32_t) { return false; }));
}

}  // namespace
}  // namespace aisle
