#include "domain/item.h"

#include <gtest/gtest.h>

#include <array>

#include "core/error.h"
#include "domain/problem.h"

namespace aisle {
namespace {

TEST(Split, D1_IsAboutEightyTenTenAndNeverChanges) {
  std::array<int, 3> counts{};
  for (int i = 0; i < 10000; ++i) ++counts[static_cast<std::size_t>(assigned_split("item-" + std::to_string(i)))];
  EXPECT_NEAR(counts[0], 8000, 150);
  EXPECT_NEAR(counts[1], 1000, 120);
  EXPECT_NEAR(counts[2], 1000, 120);
}

TEST(ContentDigest, D7_ChangesWithWhatTheItemSaysAlone) {
  Item item{.id = "1", .texts = {"red", "shoe"}, .labels = {"shoes"}};
  Item other = item;
  other.id = "2";
  other.split = Split::kTest;
  EXPECT_EQ(content_digest(item), content_digest(other));
  other.texts = {"reds", "hoe"};
  EXPECT_NE(content_digest(item), content_digest(other));
  other = item;
  other.labels = {"boots"};
  EXPECT_NE(content_digest(item), content_digest(other));
  EXPECT_EQ(derived_id(item), derived_id(other));
  EXPECT_EQ(derived_id(item).size(), 32U);
}

TEST(HasText, P4_IsMoreThanWhiteSpaceInAnyField) {
  using Texts = std::vector<std::string>;
  for (const Texts& empty : {Texts{}, Texts{""}, Texts{" \t\r\n", "\v\f"}}) EXPECT_FALSE(has_text(empty));
  for (const Texts& text : {Texts{"", "x"}, Texts{" \xC3\xA9"}, Texts{"."}}) EXPECT_TRUE(has_text(text));
  EXPECT_EQ(empty_item_message(Texts{"title", "body"}), "the item is empty: give at least one of title, body");
}

TEST(ItemWords, AreReadBackAndOthersRefused) {
  for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest})
    EXPECT_EQ(parse_split(to_string(split)), split);
  EXPECT_THROW(parse_split("dev"), Error);
  EXPECT_THROW(parse_item_state(""), Error);
}

TEST(Problem, D2_SeverityFollowsTheContract) {
  EXPECT_EQ(severity_of(ProblemKind::kEncoding), Severity::kRejected);
  EXPECT_EQ(severity_of(ProblemKind::kExactDuplicate), Severity::kSkipped);
  EXPECT_EQ(severity_of(ProblemKind::kNearDuplicate), Severity::kWarning);
}

}  // namespace
}  // namespace aisle
