#include "model/feature_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "support/fake_encoders.h"

namespace aisle {
namespace {

using testing::ElementsAre;

class MapCache final : public FeatureCache {
 public:
  std::vector<bool> find(std::string_view space, std::span<const Digest> keys, std::size_t dimension,
                         std::span<float> out) override {
    std::vector<bool> found;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const auto row = rows.find(std::string(space) + keys[i].hex());
      found.push_back(row != rows.end());
      if (found.back()) std::ranges::copy(row->second, &out[i * dimension]);
    }
    return found;
  }
  void put(std::string_view space, std::span<const Digest> keys, std::size_t dimension,
           std::span<const float> values) override {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const std::span<const float> row = values.subspan(i * dimension, dimension);
      rows[std::string(space) + keys[i].hex()].assign(row.begin(), row.end());
    }
  }
  std::map<std::string, std::vector<float>> rows;
};

TEST(FeatureCache, M4_AnInputIsEncodedOnce) {
  const auto counting = std::make_shared<tests::CountingEncoder>();
  MapCache cache;
  const auto cached = with_cache(counting, cache);
  const std::size_t width = cached->info().dimension;
  const std::vector<std::string_view> inputs = {"a b", "c", "a b", "damaged x"};
  std::vector<float> first(4 * width), again(4 * width), plain(4 * width);
  std::vector<std::string> faults(4);
  cached->encode(inputs, 1, first, faults);
  EXPECT_EQ(counting->encoded, 3);
  EXPECT_THAT(faults, ElementsAre("", "", "", "the picture is damaged or cut short"));
  EXPECT_EQ(cache.rows.size(), 2U);  // what is faulty is not kept
  faults.assign(4, {});
  cached->encode(inputs, 1, again, faults);
  EXPECT_EQ(counting->encoded, 4);
  counting->encode(inputs, 1, plain, faults);
  EXPECT_EQ(first, plain);
  EXPECT_EQ(again, plain);
}

}  // namespace
}  // namespace aisle
