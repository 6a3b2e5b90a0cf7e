#include "validate/inspector.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "core/error.h"
#include "core/files.h"
#include "domain/limits.h"

namespace aisle {
namespace {

using namespace std::string_literals;

Task two_fields() {
  return {.name = "t", .text_fields = {"title", "body"}};
}

struct Outcome {
  Item item;
  Inspection found;
};

Outcome inspect(Item item, const InspectOptions& options = {}) {
  const Inspector inspector(two_fields(), options);
  Outcome outcome{std::move(item), {}};
  outcome.found = inspector.inspect(outcome.item);
  return outcome;
}

void expect_rejected(const Item& item, ProblemKind kind, const std::string& column, const std::string& words) {
  const Inspection found = inspect(item).found;
  EXPECT_TRUE(found.rejected);
  ASSERT_EQ(found.problems.size(), 1U);
  EXPECT_EQ(found.problems[0].kind, kind);
  EXPECT_EQ(found.problems[0].column, column);
  EXPECT_NE(found.problems[0].message.find(words), std::string::npos) << found.problems[0].message;
}

TEST(Inspector, D2_BadBytesAreRejectedWithColumnAndPosition) {
  expect_rejected({.id = "1", .texts = {"good", "caf\xE9 noir"}}, ProblemKind::kEncoding, "body", "byte 4 (0xE9)");
  expect_rejected({.id = "1", .texts = {"a\0b"s, ""}}, ProblemKind::kEncoding, "title",
                  "byte 2 is the control character 0x00");
  expect_rejected({.id = "1", .texts = {"a\x1B[0m", ""}}, ProblemKind::kEncoding, "title", "0x1B");
  expect_rejected({.id = "\xFF", .texts = {"a b c", ""}}, ProblemKind::kEncoding, "id", "byte 1 (0xFF)");
  expect_rejected({.id = "1", .texts = {"a b c", ""}, .labels = {"x\xC3"}}, ProblemKind::kEncoding, "label",
                  "byte 2 (0xC3)");
  expect_rejected({.id = "1", .texts = {"a b c", ""}, .group = "\xC0\xAF"}, ProblemKind::kEncoding, "group",
                  "byte 1 (0xC0)");
  EXPECT_FALSE(inspect({.id = "1", .texts = {"tab\t, line\r\n, page\f", "é"}}).found.rejected);
}

TEST(Inspector, D2_EmptyAndOversizeItemsAreRejected) {
  expect_rejected({.id = "1", .texts = {" \n\t", ""}}, ProblemKind::kEmpty, "", "no text and no picture");
  expect_rejected({.id = "1", .texts = {}}, ProblemKind::kEmpty, "", "no text and no picture");
  expect_rejected({.id = "1", .texts = {std::string(limits::kFieldBytes + 1, 'x'), ""}}, ProblemKind::kTooLarge,
                  "title", "1048577 bytes");
  EXPECT_FALSE(inspect({.id = "1", .texts = {"", ""}, .image = "aa"}).found.rejected);
  EXPECT_TRUE(inspect({.id = "1", .texts = {"", ""}, .image = "aa"}).found.problems.empty());
}

TEST(Inspector, D2_OddLengthIsAWarning) {
  const auto kinds = [](const std::string& text) {
    const Inspection found = inspect({.id = "1", .texts = {text, ""}}).found;
    EXPECT_FALSE(found.rejected);
    return found.problems.empty() ? -1 : static_cast<int>(found.problems[0].kind);
  };
  EXPECT_EQ(kinds("ab"), static_cast<int>(ProblemKind::kOddLength));
  EXPECT_EQ(kinds("éàü"), -1);
  EXPECT_EQ(kinds(std::string(50'001, 'x')), static_cast<int>(ProblemKind::kOddLength));
}

TEST(Inspector, D3_PersonalDataIsMaskedInPlaceAndReported) {
  const Outcome outcome =
      inspect({.id = "1", .texts = {"Vélo", "Écrire à a.b@example.fr ou appeler le 06 12 34 56 78, ou c@example.fr"}});
  EXPECT_EQ(outcome.item.texts[1], "Écrire à [email] ou appeler le [phone], ou [email]");
  ASSERT_EQ(outcome.found.problems.size(), 1U);
  EXPECT_EQ(outcome.found.problems[0].kind, ProblemKind::kPersonalData);
  EXPECT_EQ(outcome.found.problems[0].column, "body");
  EXPECT_EQ(outcome.found.problems[0].message, "masked: 2 e-mail addresses, 1 phone number");
  EXPECT_EQ(outcome.found.content, content_digest(outcome.item));
  const Outcome untouched = inspect({.id = "1", .texts = {"", "a.b@example.fr"}}, {.mask_personal_data = false});
  EXPECT_EQ(untouched.item.texts[1], "a.b@example.fr");
  EXPECT_TRUE(untouched.found.problems.empty());
}

TEST(Inspector, D2_MeasuresLengthAndLanguage) {
  const Inspection found =
      inspect({.id = "1",
               .texts = {"Chaussures élégantes", "pour la marche en montagne et la randonnée avec toute la famille"}})
          .found;
  EXPECT_EQ(found.code_points, 20U + 64U);
  EXPECT_EQ(found.language.code, "fr");
  EXPECT_TRUE(found.language.reliable);
}

TEST(Inspector, D2_AnUnreadablePictureIsRejected) {
  ::setenv("AISLE_PICTURE_LIBRARY", AISLE_PICTURE_FILE, 1);
  const Inspector inspector({.name = "t", .text_fields = {"title"}, .image_field = "photo"}, {});
  Item item{.id = "1", .texts = {"a blue chair"}, .image = "aa"};
  const std::string picture = read_file(AISLE_TEST_DATA "/pictures/gradient.png", 1 << 20);
  EXPECT_FALSE(inspector.inspect(item, picture).rejected);
  const Inspection cut = inspector.inspect(item, picture.substr(0, 200));
  EXPECT_TRUE(cut.rejected);
  ASSERT_EQ(cut.problems.size(), 1U);
  EXPECT_EQ(cut.problems[0].kind, ProblemKind::kUnreadablePicture);
  EXPECT_EQ(cut.problems[0].column, "photo");
}

TEST(Inspector, D3_ABrokenPatternIsRefusedAtTheStart) {
  EXPECT_THROW(Inspector(two_fields(), {.patterns = {{"x", "("}}}), Error);
}

}  // namespace
}  // namespace aisle
