// The cache of features: the same for every kind of store.
#include <gmock/gmock.h>

#include <fstream>

#include "contract/store_contract.h"
#include "storage/feature_store.h"

namespace aisle {
namespace {

using testing::ElementsAre;

class FeatureContract : public testing::TestWithParam<const char*> {
 protected:
  std::unique_ptr<FeatureStore> open(std::int64_t max_bytes = 1 << 20) {
    if (std::string(GetParam()) == "memory") return memory_feature_store(max_bytes);
    return open_feature_store(file(), max_bytes);
  }
  std::filesystem::path file() const { return folder_.path() / "features.db"; }

  TemporaryFolder folder_;
};
INSTANTIATE_TEST_SUITE_P(Stores, FeatureContract, testing::ValuesIn(kStoreKinds), kind_name);

std::vector<Digest> keys_of(const std::vector<std::string>& texts) {
  std::vector<Digest> keys;
  for (const std::string& text : texts) keys.push_back(digest_of(text));
  return keys;
}

TEST_P(FeatureContract, M4_GivesBackTheRowsItHas) {
  const auto store = open();
  store->put("net/f32", keys_of({"a", "b"}), 2, std::vector<float>{1, 2, 3, -0.5F});
  std::vector<float> out(6, 9);
  EXPECT_THAT(store->find("net/f32", keys_of({"b", "new", "a"}), 2, out), ElementsAre(true, false, true));
  EXPECT_THAT(out, ElementsAre(3, -0.5F, 9, 9, 1, 2));
  EXPECT_EQ(store->size_bytes(), 16);
}

TEST_P(FeatureContract, M4_KeepsSpacesApart) {
  const auto store = open();
  store->put("net/f32", keys_of({"a"}), 1, std::vector<float>{1});
  store->put("net/int8", keys_of({"a"}), 1, std::vector<float>{2});
  std::vector<float> out(1);
  EXPECT_THAT(store->find("net/int8", keys_of({"a"}), 1, out), ElementsAre(true));
  EXPECT_THAT(out, ElementsAre(2));
  store->remove_space("net/int8");
  EXPECT_THAT(store->find("net/int8", keys_of({"a"}), 1, out), ElementsAre(false));
  EXPECT_THAT(store->find("net/f32", keys_of({"a"}), 1, out), ElementsAre(true));
  EXPECT_EQ(store->size_bytes(), 4);
}

TEST_P(FeatureContract, M4_LeavesAKnownRowAndRefusesAnotherWidth) {
  const auto store = open();
  store->put("net", keys_of({"a"}), 1, std::vector<float>{1});
  store->put("net", keys_of({"a"}), 1, std::vector<float>{2});
  std::vector<float> out(2);
  EXPECT_THAT(store->find("net", keys_of({"a"}), 1, out), ElementsAre(true));
  EXPECT_EQ(out[0], 1);
  EXPECT_THAT(store->find("net", keys_of({"a"}), 2, out), ElementsAre(false));
}

TEST_P(FeatureContract, M4_TheOldestRowsGoWhereTheBoundIsPassed) {
  const auto store = open(400);
  std::vector<float> row(1);
  for (int i = 0; i < 300; ++i) {
    row[0] = static_cast<float>(i);
    store->put("net", keys_of({std::to_string(i)}), 1, row);
    ASSERT_LE(store->size_bytes(), 400);
  }
  EXPECT_GE(store->size_bytes(), 300);
  EXPECT_THAT(store->find("net", keys_of({"299"}), 1, row), ElementsAre(true));
  EXPECT_THAT(store->find("net", keys_of({"0"}), 1, row), ElementsAre(false));
}

TEST_P(FeatureContract, M4_ADamagedFileIsBegunAnew) {
  if (std::string(GetParam()) == "memory") {
    EXPECT_EQ(open()->size_bytes(), 0);  // it has no file: nothing to damage
    return;
  }
  open()->put("net", keys_of({"a"}), 1, std::vector<float>{1});
  EXPECT_EQ(open()->size_bytes(), 4);
  std::filesystem::remove(file().string() + "-wal");
  std::ofstream(file(), std::ios::trunc) << "this is no database, and long enough to be seen as one or not";
  EXPECT_EQ(open()->size_bytes(), 0);
}

}  // namespace
}  // namespace aisle
