#include "validate/validator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kLong =
    "A light pair of walking shoes made of leather and wool, for the mountains and for the town, with a sole that "
    "holds on wet stone, laces that do not open by themselves, "
    "and a lining that keeps the feet dry in the rain of autumn and warm in the snow of winter";

// The same with one word changed: Jaccard index of the shingles 0.89.
std::string nearly() {
  std::string text = kLong;
  return text.replace(text.find("autumn"), 6, "spring");
}

class ValidatorTest : public testing::Test {
 protected:
  ValidatorTest() { validator_.begin_file("a.csv"); }

  Admission admit(Item item, RowFacts facts = {}) {
    facts.row = ++row_;
    const Inspection inspection = validator_.inspector().inspect(item);
    Admission admission = validator_.admit(item, inspection, facts);
    item_ = item;
    return admission;
  }

  static std::vector<std::string> kinds(const Admission& admission) {
    std::vector<std::string> names;
    for (const Problem& problem : admission.problems) names.emplace_back(to_string(problem.kind));
    return names;
  }

  static Item item(const std::string& id, const std::string& text, const std::string& label = "",
                   const std::string& group = "") {
    Item made{.id = id, .texts = {text}, .group = group};
    if (!label.empty()) made.labels = {label};
    return made;
  }

  // An id whose own split would be this one.
  static std::string id_in(Split split, const std::string& prefix) {
    for (int i = 0;; ++i) {
      if (assigned_split(prefix + std::to_string(i)) == split) return prefix + std::to_string(i);
    }
  }

  Validator validator_{Task{.name = "t", .text_fields = {"title"}}, {}};
  Item item_;  // the last one, as admitted
  std::int64_t row_ = 1;
};

TEST_F(ValidatorTest, D2_AGoodItemIsKeptWithItsOwnSplit) {
  const Admission admission = admit(item(id_in(Split::kTest, "x"), "a blue chair"));
  EXPECT_EQ(admission.verdict, Verdict::kKeep);
  EXPECT_THAT(admission.problems, IsEmpty());
  EXPECT_EQ(item_.split, Split::kTest);
  EXPECT_FALSE(admission.fingerprint.empty());
}

TEST_F(ValidatorTest, D2_ProblemsNameFileRowAndId) {
  const Admission admission = admit(item("7", "x\xFFy"));
  EXPECT_EQ(admission.verdict, Verdict::kReject);
  ASSERT_EQ(admission.problems.size(), 1U);
  EXPECT_EQ(admission.problems[0].file, "a.csv");
  EXPECT_EQ(admission.problems[0].row, 2);
  EXPECT_EQ(admission.problems[0].column, "title");
  EXPECT_EQ(admission.problems[0].id, "7");
}

TEST_F(ValidatorTest, D2_AnIdTwiceInAFileIsRejectedAndInAnotherFileItIsAnUpdate) {
  admit(item("1", "a blue chair"));
  const Admission again = admit(item("1", "a red chair"));
  EXPECT_EQ(again.verdict, Verdict::kReject);
  EXPECT_THAT(kinds(again), ElementsAre("duplicate_id"));
  EXPECT_THAT(again.problems[0].message, HasSubstr("row 2"));
  validator_.begin_file("b.csv");
  EXPECT_EQ(admit(item("1", "a red chair")).verdict, Verdict::kKeep);
  EXPECT_EQ(admit(item("2", "a blue chair")).verdict, Verdict::kKeep);  // no longer what 1 says
}

TEST_F(ValidatorTest, D2_EqualRowsWithoutIdsAreCopies) {
  const Item copy{.id = "digest", .texts = {"a blue chair"}};
  admit(copy, {.id_given = false});
  const Admission again = admit(copy, {.id_given = false});
  EXPECT_EQ(again.verdict, Verdict::kSkip);
  EXPECT_THAT(kinds(again), ElementsAre("exact_duplicate"));
}

TEST_F(ValidatorTest, D2_ExactCopiesAreSkipped) {
  admit(item("1", "a blue chair", "chairs"));
  const Admission copy = admit(item("2", "a blue chair", "chairs"));
  EXPECT_EQ(copy.verdict, Verdict::kSkip);
  EXPECT_THAT(kinds(copy), ElementsAre("exact_duplicate"));
  EXPECT_THAT(copy.problems[0].message, HasSubstr("row 2"));
  EXPECT_THAT(kinds(admit(item("3", "a blue chair", "tables"))), ElementsAre("exact_duplicate", "conflicting_label"));
  EXPECT_EQ(validator_.report().skipped, 2);
}

TEST_F(ValidatorTest, D2_NearDuplicatesShareASplit) {
  admit(item(id_in(Split::kTest, "x"), kLong));
  const Admission near = admit(item(id_in(Split::kTrain, "y"), nearly()));
  EXPECT_EQ(near.verdict, Verdict::kKeep);
  EXPECT_THAT(kinds(near), ElementsAre("near_duplicate"));
  EXPECT_EQ(item_.split, Split::kTest);
  admit(item(id_in(Split::kTrain, "z"),
             "A quite different text about the history of the bicycle in northern France, its makers and its races"));
  EXPECT_EQ(item_.split, Split::kTrain);
}

TEST_F(ValidatorTest, D2_ShortTextsThatDifferInCaseAreNearDuplicates) {
  admit(item(id_in(Split::kTest, "x"), "Blue chair", "chairs"));
  const Admission near = admit(item(id_in(Split::kTrain, "y"), "BLUE CHAIR!", "tables"));
  EXPECT_THAT(kinds(near), ElementsAre("near_duplicate", "conflicting_label"));
  EXPECT_EQ(item_.split, Split::kTest);
}

TEST_F(ValidatorTest, D2_AGivenSplitWinsAndLeakageIsReported) {
  Item first = item("1", kLong);
  first.split = Split::kTest;
  admit(first, {.split_given = true});
  Item second = item("2", nearly());
  second.split = Split::kTrain;
  EXPECT_THAT(kinds(admit(second, {.split_given = true})), ElementsAre("near_duplicate", "leakage"));
  EXPECT_EQ(item_.split, Split::kTrain);
  Item copy = item("3", kLong);
  copy.split = Split::kValidation;
  EXPECT_THAT(kinds(admit(copy, {.split_given = true})), ElementsAre("exact_duplicate", "leakage"));
}

TEST_F(ValidatorTest, D2_AGroupStaysTogether) {
  Item first = item("1", "a blue chair", "", "g");
  first.split = Split::kValidation;
  admit(first, {.split_given = true});
  admit(item("2", "a green table", "", "g"));
  EXPECT_EQ(item_.split, Split::kValidation);
  Item third = item("3", "a yellow lamp", "", "g");
  third.split = Split::kTest;
  const Admission leak = admit(third, {.split_given = true});
  EXPECT_THAT(kinds(leak), ElementsAre("leakage"));
  EXPECT_THAT(leak.problems[0].message, HasSubstr("the group 'g' is in validation, this item in test"));
  EXPECT_EQ(item_.split, Split::kTest);
  const std::string group = id_in(Split::kTest, "group");
  admit(item("4", "a black sofa", "", group));
  EXPECT_EQ(item_.split, Split::kTest);
}

TEST_F(ValidatorTest, D2_AGroupThatBeginsWithANearDuplicateFollowsIt) {
  admit(item("1", kLong, "", id_in(Split::kTest, "g")));
  const std::string group = id_in(Split::kTrain, "h");
  admit(item("2", nearly(), "", group));
  EXPECT_EQ(item_.split, Split::kTest);
  admit(item("3", "a green table", "", group));
  EXPECT_EQ(item_.split, Split::kTest);
}

TEST_F(ValidatorTest, D2_WhatIsStoredIsKnown) {
  Validator before(Task{.name = "t", .text_fields = {"title"}}, {});
  before.begin_file("old.csv");
  Item stored = item("1", kLong, "shoes");
  const Inspection inspection = before.inspector().inspect(stored);
  const std::string fingerprint = before.admit(stored, inspection, {}).fingerprint;

  validator_.add_known("1", Split::kTest, "g", fingerprint);
  validator_.add_known("2", Split::kValidation, "", "");
  validator_.add_known("3", Split::kValidation, "", "of another version");
  EXPECT_THAT(kinds(admit(item("9", kLong, "shoes"))), ElementsAre("exact_duplicate"));
  EXPECT_THAT(kinds(admit(item("8", nearly(), "boots"))), ElementsAre("near_duplicate"));
  EXPECT_EQ(item_.split, Split::kTest);
  EXPECT_THAT(kinds(admit(item("1", kLong, "shoes"))), IsEmpty());
  EXPECT_EQ(item_.split, Split::kTest);
  admit(item("2", "a blue chair"));
  EXPECT_EQ(item_.split, Split::kValidation);
  admit(item("7", "a red sofa", "", "g"));
  EXPECT_EQ(item_.split, Split::kTest);
}

TEST_F(ValidatorTest, D2_TheSameFileAgainFindsNothingNew) {
  std::vector<Item> items;
  for (int i = 0; i < 50; ++i)
    items.push_back(item(std::to_string(i), "chair number " + std::to_string(i % 40), "chairs"));
  for (const Item& one : items) admit(one);
  const ImportReport first = validator_.report();
  EXPECT_EQ(first.skipped, 10);
  validator_.begin_file("a.csv");
  for (const Item& one : items) EXPECT_EQ(admit(one).verdict, std::stoi(one.id) < 40 ? Verdict::kKeep : Verdict::kSkip);
  EXPECT_EQ(validator_.report().warnings, first.warnings);
}

TEST_F(ValidatorTest, D2_UnknownAndRareLabelsAreWarnings) {
  validator_.add_known_label("chairs", 10);
  EXPECT_THAT(kinds(admit(item("1", "a blue chair", "chairs"))), IsEmpty());
  EXPECT_THAT(kinds(admit(item("2", "a green table", "tabels"))), ElementsAre("unknown_label"));
  validator_.finish();
  const ImportReport& report = validator_.report();
  EXPECT_EQ(report.by_kind.at("rare_label"), 1);
  EXPECT_EQ(report.problems.back().row, 3);
  EXPECT_THAT(report.problems.back().message, HasSubstr("tabels"));
  EXPECT_EQ(report.labels, (std::map<std::string, std::int64_t>{{"chairs", 1}, {"tabels", 1}}));
}

TEST_F(ValidatorTest, D2_TheReportCounts) {
  admit(item("1", "a blue chair", "chairs"));
  admit(item("1", "a red chair", "chairs"));
  admit(item("2", "a blue chair", "chairs"));
  admit(item("3", "x", "chairs"));
  validator_.refuse({{.kind = ProblemKind::kSchema, .file = "a.csv", .row = 9, .message = "too few cells"}});
  validator_.finish();
  const ImportReport& report = validator_.report();
  EXPECT_EQ(report.rows, 5);
  EXPECT_EQ(report.rejected, 2);
  EXPECT_EQ(report.skipped, 1);
  EXPECT_EQ(report.warnings, 1);
  EXPECT_EQ(report.by_kind, (std::map<std::string, std::int64_t>{
                                {"duplicate_id", 1}, {"exact_duplicate", 1}, {"odd_length", 1}, {"schema", 1}}));
  EXPECT_EQ(report.problems.size(), 4U);
  EXPECT_EQ(report.length_histogram, (std::vector<std::int64_t>{1, 0, 0, 1}));  // 1 and 12 characters
  std::int64_t kept = 0;
  for (const auto& [split, count] : report.splits) kept += count;
  EXPECT_EQ(kept, 2);
}

TEST_F(ValidatorTest, D2_TheListIsBoundedTheCountsAreNot) {
  for (int i = 0; i < 1500; ++i) admit(item(std::to_string(i), ""));
  EXPECT_EQ(validator_.report().problems.size(), ImportReport::kMaxListed);
  EXPECT_EQ(validator_.report().by_kind.at("empty"), 1500);
}

TEST_F(ValidatorTest, D2_AnUnexpectedLanguageIsAWarning) {
  for (int i = 0; i < 60; ++i)
    admit(item("en" + std::to_string(i), std::string(kLong) + " " + std::to_string(i * i * 7919) +
                                             " pairs of them are on sale in the shop number " + std::to_string(i)));
  const Admission other = admit(item(
      "ru", "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью."));
  EXPECT_THAT(kinds(other), ElementsAre("unexpected_language"));
  EXPECT_EQ(other.verdict, Verdict::kKeep);
}

}  // namespace
}  // namespace aisle
