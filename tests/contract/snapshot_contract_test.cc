#include <gmock/gmock.h>

#include "contract/store_contract.h"

namespace aisle {
namespace {

using testing::ElementsAre;

class SnapshotContract : public StoreContract {
 protected:
  void put_certified(const std::string& id, const std::string& title, std::vector<std::string> labels = {"a"},
                     Split split = Split::kTrain) {
    put(make_item(id, title, std::move(labels), ItemState::kCertified, split));
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, SnapshotContract, testing::ValuesIn(kStoreKinds), kind_name);

TEST_P(SnapshotContract, D7_HoldsTheCertifiedItems) {
  put_certified("2", "two", {"a", "b"}, Split::kValidation);
  put_certified("1", "one");
  put_certified("3", "three", {"c"}, Split::kTest);
  put(make_item("4", "four", {"d"}));
  const Snapshot snapshot = store_->create_snapshot(task_, 77);
  EXPECT_EQ(snapshot.number, 1);
  EXPECT_EQ(snapshot.items, 3);
  EXPECT_EQ(snapshot.train, 1);
  EXPECT_EQ(snapshot.validation, 1);
  EXPECT_EQ(snapshot.test, 1);
  EXPECT_EQ(snapshot.labels, 3);
  EXPECT_EQ(snapshot.created_ms, 77);
  EXPECT_THAT(read_ids(1), ElementsAre("1", "2", "3"));
  EXPECT_THAT(read_ids(1, Split::kValidation), ElementsAre("2"));
  EXPECT_EQ(store_->find_snapshot(task_, 1)->digest, snapshot.digest);
  EXPECT_FALSE(store_->find_snapshot(task_, 2));
}

TEST_P(SnapshotContract, D7_TheSameContentIsTheSameSnapshot) {
  put_certified("1", "one");
  const Snapshot first = store_->create_snapshot(task_, 1);
  EXPECT_EQ(store_->create_snapshot(task_, 2).number, 1);
  put_certified("1", "other");
  EXPECT_EQ(store_->create_snapshot(task_, 3).number, 2);
  put_certified("1", "one");
  const Snapshot back = store_->create_snapshot(task_, 4);
  EXPECT_EQ(back.number, 1);
  EXPECT_EQ(back.digest, first.digest);
  EXPECT_EQ(back.created_ms, 1);
  EXPECT_EQ(store_->list_snapshots(task_).size(), 2U);
}

TEST_P(SnapshotContract, D7_OldContentsStayReadable) {
  put_certified("1", "old");
  put_certified("2", "kept");
  store_->create_snapshot(task_, 1);
  put_certified("1", "new", {"z"});
  store_->set_state(task_, std::vector<std::string>{"2"}, ItemState::kRejected);
  const auto source = store_->read_snapshot(task_, 1, std::nullopt);
  Item item;
  ASSERT_TRUE(source->next(item));
  EXPECT_EQ(item.texts[0], "old");
  EXPECT_THAT(item.labels, ElementsAre("a"));
  EXPECT_EQ(item.state, ItemState::kCertified);
  ASSERT_TRUE(source->next(item));
  EXPECT_EQ(item.texts[0], "kept");
  EXPECT_FALSE(source->next(item));
  EXPECT_FALSE(source->next(item));
}

TEST_P(SnapshotContract, ALongReadDoesNotBlockAWriteAndDoesNotSeeIt) {
  put_certified("1", "one");
  put_certified("2", "two");
  store_->create_snapshot(task_, 1);
  const auto source = store_->read_snapshot(task_, 1, std::nullopt);
  Item item;
  ASSERT_TRUE(source->next(item));
  put_certified("2", "changed");
  ASSERT_TRUE(source->next(item));
  EXPECT_EQ(item.texts[0], "two");
}

TEST_P(SnapshotContract, NothingCertifiedIsRefused) {
  put(make_item("1", "one"));
  EXPECT_EQ(code_of([&] { store_->create_snapshot(task_, 1); }), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(code_of([&] { store_->read_snapshot(task_, 1, {}); }), ErrorCode::kNotFound);
  EXPECT_TRUE(store_->list_snapshots(task_).empty());
}

TEST_P(SnapshotContract, D7_ComparesTwo) {
  for (const char* id : {"1", "2", "3", "4"}) put_certified(id, "t");
  store_->create_snapshot(task_, 1);
  put_certified("2", "changed");
  NewItem moved = make_item("3", "t", {"a"}, ItemState::kCertified, Split::kTest);
  moved.split_given = true;
  put(moved);
  store_->set_state(task_, std::vector<std::string>{"4"}, ItemState::kRejected);
  put_certified("5", "new");
  put_certified("6", "new");
  store_->create_snapshot(task_, 2);
  const SnapshotDiff diff = store_->diff_snapshots(task_, 1, 2, 1);
  EXPECT_THAT(diff.added, ElementsAre("5"));
  EXPECT_EQ(diff.added_count, 2);
  EXPECT_THAT(diff.removed, ElementsAre("4"));
  EXPECT_EQ(diff.removed_count, 1);
  EXPECT_THAT(diff.changed, ElementsAre("2"));
  EXPECT_EQ(diff.changed_count, 2);
  EXPECT_EQ(store_->diff_snapshots(task_, 2, 2, 9).changed_count, 0);
  EXPECT_EQ(code_of([&] { store_->diff_snapshots(task_, 1, 3, 9); }), ErrorCode::kNotFound);
}

TEST_P(SnapshotContract, AChangeThatWasTakenBackIsNoDifference) {
  put_certified("1", "one");
  put_certified("2", "two");
  store_->create_snapshot(task_, 1);
  put_certified("1", "other");
  put_certified("1", "one");
  put_certified("3", "three");
  store_->create_snapshot(task_, 2);
  const SnapshotDiff diff = store_->diff_snapshots(task_, 1, 2, 9);
  EXPECT_EQ(diff.changed_count, 0);
  EXPECT_THAT(diff.added, ElementsAre("3"));
}

}  // namespace
}  // namespace aisle
