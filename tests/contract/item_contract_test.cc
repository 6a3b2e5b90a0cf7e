#include <gmock/gmock.h>

#include "contract/store_contract.h"

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ItemContract : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Stores, ItemContract, testing::ValuesIn(kStoreKinds), kind_name);

TEST_P(ItemContract, GivesBackEveryByteOfAnItem) {
  NewItem item = make_item("x/1", std::string("caf\xc3\xa9 \0 2:a,", 12), {"a|b", "c,d", "\xe2\x82\xac"},
                           ItemState::kCertified, Split::kTest);
  item.item.texts[1].clear();
  item.item.image = std::string(64, 'f');
  EXPECT_EQ(put(item).outcome, PutOutcome::kAdded);
  const auto found = store_->find_item(task_, "x/1");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->texts, item.item.texts);
  EXPECT_EQ(found->labels, item.item.labels);
  EXPECT_EQ(found->image, item.item.image);
  EXPECT_EQ(found->group, item.item.group);
  EXPECT_EQ(found->split, Split::kTest);
  EXPECT_EQ(found->state, ItemState::kCertified);
  EXPECT_FALSE(store_->find_item(task_, "x/2"));
}

TEST_P(ItemContract, SaysWhatAPutDid) {
  const auto certified = ItemState::kCertified;
  const auto result = [&](const NewItem& item) {
    const PutResult put_result = put(item);
    return std::pair(put_result.outcome, put_result.newly_certified);
  };
  EXPECT_EQ(result(make_item("1", "one")), std::pair(PutOutcome::kAdded, false));
  EXPECT_EQ(result(make_item("1", "one")), std::pair(PutOutcome::kUnchanged, false));
  EXPECT_EQ(result(make_item("1", "one", {"a"}, certified)), std::pair(PutOutcome::kUnchanged, true));
  EXPECT_EQ(result(make_item("1", "one")), std::pair(PutOutcome::kUnchanged, false));
  EXPECT_EQ(store_->find_item(task_, "1")->state, certified);
  EXPECT_EQ(result(make_item("1", "two", {"a"}, certified)), std::pair(PutOutcome::kUpdated, false));
  EXPECT_EQ(result(make_item("1", "three")), std::pair(PutOutcome::kUpdated, false));
  EXPECT_EQ(store_->find_item(task_, "1")->state, ItemState::kProposal);
  EXPECT_EQ(result(make_item("2", "new", {"a"}, certified)), std::pair(PutOutcome::kAdded, true));
}

TEST_P(ItemContract, ARejectedItemStaysRejectedUntilItIsCertified) {
  put(make_item("1", "one"));
  store_->set_state(task_, std::vector<std::string>{"1"}, ItemState::kRejected);
  put(make_item("1", "two"));
  EXPECT_EQ(store_->find_item(task_, "1")->state, ItemState::kRejected);
  put(make_item("1", "two", {"a"}, ItemState::kCertified));
  EXPECT_EQ(store_->find_item(task_, "1")->state, ItemState::kCertified);
}

TEST_P(ItemContract, AKnownItemKeepsItsSplitUnlessTheFileGivesOne) {
  put(make_item("1", "one", {"a"}, ItemState::kProposal, Split::kTest));
  NewItem again = make_item("1", "two", {"a"}, ItemState::kProposal, Split::kValidation);
  put(again);
  EXPECT_EQ(store_->find_item(task_, "1")->split, Split::kTest);
  EXPECT_EQ(store_->find_item(task_, "1")->texts[0], "two");
  again.split_given = true;
  EXPECT_EQ(put(again).outcome, PutOutcome::kUpdated);
  EXPECT_EQ(store_->find_item(task_, "1")->split, Split::kValidation);
}

TEST_P(ItemContract, AnIdTwiceInABatchIsPutTwice) {
  const std::vector<NewItem> items = {make_item("1", "one"), make_item("1", "two")};
  const auto results = store_->put_items(task_, items);
  EXPECT_EQ(results[0].outcome, PutOutcome::kAdded);
  EXPECT_EQ(results[1].outcome, PutOutcome::kUpdated);
  EXPECT_EQ(store_->find_item(task_, "1")->texts[0], "two");
}

TEST_P(ItemContract, ShowsImportWhatIsKnown) {
  const NewItem one = make_item("1", "one");
  const NewItem two = make_item("2", "two", {"a"}, ItemState::kProposal, Split::kTest);
  put(two);
  put(one);
  std::vector<std::string> seen;
  store_->scan_known(task_, [&](const KnownItem& item) {
    seen.push_back(std::string(item.id) + "/" + std::string(item.group) + "/" + std::string(to_string(item.split)));
    EXPECT_EQ(item.fingerprint, std::string("fp\0", 3) + std::string(item.id));
    EXPECT_EQ(item.content, item.id == "1" ? one.content : two.content);
  });
  EXPECT_THAT(seen, ElementsAre("1/group 1/train", "2/group 2/test"));
}

TEST_P(ItemContract, ListsByIdPageByPage) {
  for (const char* id : {"b", "a", "d", "c", "\xc3\xa9"}) put(make_item(id, "t"));
  EXPECT_THAT(list_ids({}), ElementsAre("a", "b", "c", "d", "\xc3\xa9"));
  EXPECT_THAT(list_ids({.state = {}, .label = {}, .after_id = "b", .limit = 2}), ElementsAre("c", "d"));
  EXPECT_THAT(list_ids({.state = {}, .label = {}, .after_id = "zz", .limit = 2}), ElementsAre("\xc3\xa9"));
  EXPECT_THAT(list_ids({.state = {}, .label = {}, .after_id = "", .limit = 0}), IsEmpty());
}

TEST_P(ItemContract, ListsByStateAndLabel) {
  put(make_item("1", "t", {"a", "b"}, ItemState::kCertified));
  put(make_item("2", "t", {"b"}));
  put(make_item("3", "t", {"a"}));
  put(make_item("4", "t", {}));
  EXPECT_THAT(list_ids({.state = ItemState::kCertified}), ElementsAre("1"));
  EXPECT_THAT(list_ids({.state = {}, .label = "b"}), ElementsAre("1", "2"));
  EXPECT_THAT(list_ids({.state = ItemState::kProposal, .label = "a"}), ElementsAre("3"));
  EXPECT_THAT(list_ids({.state = {}, .label = "none"}), IsEmpty());
  put(make_item("2", "t", {"c"}));
  EXPECT_THAT(list_ids({.state = {}, .label = "b"}), ElementsAre("1"));
  EXPECT_THAT(list_ids({.state = {}, .label = "c"}), ElementsAre("2"));
}

TEST_P(ItemContract, CountsByState) {
  put(make_item("1", "t", {"a"}, ItemState::kCertified));
  put(make_item("2", "t"));
  put(make_item("3", "t"));
  EXPECT_EQ(store_->set_state(task_, std::vector<std::string>{"2", "1"}, ItemState::kRejected), 2);
  EXPECT_EQ(store_->set_state(task_, std::vector<std::string>{"2"}, ItemState::kRejected), 0);
  const ItemCounts counts = store_->count_items(task_);
  EXPECT_EQ(counts.proposal, 1);
  EXPECT_EQ(counts.certified, 0);
  EXPECT_EQ(counts.rejected, 2);
}

TEST_P(ItemContract, AnUnknownIdChangesNothing) {
  put(make_item("1", "t"));
  try {
    store_->set_state(task_, std::vector<std::string>{"1", "nobody", "other"}, ItemState::kCertified);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_NE(std::string(error.what()).find("nobody"), std::string::npos);
  }
  EXPECT_EQ(store_->count_items(task_).certified, 0);
  EXPECT_THAT(labels(), ElementsAre("a:0"));
}

TEST_P(ItemContract, CertifiesOrRejectsAllProposals) {
  put(make_item("1", "t", {"a", "b"}));
  put(make_item("2", "t", {"a"}));
  put(make_item("3", "t", {"c"}, ItemState::kCertified));
  EXPECT_EQ(store_->set_state_of_all_proposals(task_, ItemState::kCertified), 2);
  EXPECT_EQ(store_->set_state_of_all_proposals(task_, ItemState::kCertified), 0);
  EXPECT_EQ(store_->count_items(task_).certified, 3);
  EXPECT_THAT(labels(), ElementsAre("a:2", "b:1", "c:1"));
  put(make_item("4", "t", {"a"}));
  EXPECT_EQ(store_->set_state_of_all_proposals(task_, ItemState::kRejected), 1);
  EXPECT_THAT(labels(), ElementsAre("a:2", "b:1", "c:1"));
  EXPECT_EQ(store_->count_items(task_).rejected, 1);
}

TEST_P(ItemContract, LabelsCountTheCertifiedItemsThatHaveThem) {
  put(make_item("1", "t", {"a", "b"}, ItemState::kCertified));
  put(make_item("2", "t", {"b"}));
  EXPECT_THAT(labels(), ElementsAre("a:1", "b:1"));
  put(make_item("2", "t", {"b", "c"}, ItemState::kCertified));
  EXPECT_THAT(labels(), ElementsAre("a:1", "b:2", "c:1"));
  put(make_item("1", "t", {"c"}));  // a proposal again, and nobody has "a" any more
  EXPECT_THAT(labels(), ElementsAre("b:1", "c:1"));
  store_->set_state(task_, std::vector<std::string>{"1"}, ItemState::kCertified);
  EXPECT_THAT(labels(), ElementsAre("b:1", "c:2"));
  store_->set_state(task_, std::vector<std::string>{"2"}, ItemState::kRejected);
  EXPECT_THAT(labels(), ElementsAre("b:0", "c:1"));
}

TEST_P(ItemContract, LabelsMayHaveNames) {
  put(make_item("1", "t", {"10"}));
  store_->set_label_names(task_, std::vector<LabelInfo>{{"10", "Books", 0}, {"2583", "Pools", 0}});
  auto known = store_->list_labels(task_);
  ASSERT_EQ(known.size(), 2U);
  EXPECT_EQ(known[0].name, "Books");
  EXPECT_EQ(known[1].label, "2583");
  store_->set_label_names(task_, std::vector<LabelInfo>{{"10", "", 0}, {"2583", "", 0}});
  known = store_->list_labels(task_);
  ASSERT_EQ(known.size(), 1U);
  EXPECT_EQ(known[0].name, "10");
}

TEST_P(ItemContract, TasksDoNotSeeEachOther) {
  const std::int64_t other = store_->create_task(make_task("second")).id;
  put(make_item("1", "t", {"a"}, ItemState::kCertified));
  EXPECT_FALSE(store_->find_item(other, "1"));
  EXPECT_EQ(store_->count_items(other).certified, 0);
  EXPECT_TRUE(store_->list_labels(other).empty());
  EXPECT_TRUE(store_->list_items(other, {.state = {}, .label = "a"}).empty());
}

TEST_P(ItemContract, AnUnknownTaskTakesNoItems) {
  const NewItem item = make_item("1", "t");
  EXPECT_EQ(code_of([&] { store_->put_items(99, {&item, 1}); }), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace aisle
