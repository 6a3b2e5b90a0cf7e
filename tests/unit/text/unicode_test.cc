#include "text/unicode.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <array>
#include <random>
#include <vector>

namespace aisle {
namespace {

using namespace std::string_literals;

std::string utf8(char32_t c) {
  std::string text;
  icu::UnicodeString(static_cast<UChar32>(c)).toUTF8String(text);
  return text;
}

// The reference: the whole text by ICU, over UTF-16.
std::string fold_by_icu(const std::string& text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
  std::string out;
  normalizer->normalize(icu::UnicodeString::fromUTF8(text), status).toUTF8String(out);
  EXPECT_TRUE(U_SUCCESS(status));
  return out;
}

TEST(Utf8Fault, D2_WellFormedTextHasNone) {
  for (const std::string& text : {""s, "abc"s, "\0"s, "crème brûlée"s, "日本語のテキスト"s, "😀 and ASCII after it"s,
                                  "\xEF\xBF\xBF"s, "\xF4\x8F\xBF\xBF"s}) {
    EXPECT_EQ(find_utf8_fault(text), std::nullopt) << text;
  }
}

// The ill-formed sequences of the Unicode Standard 15, section 3.9 (tables 3-8 to 3-11), each after nine good bytes.
TEST(Utf8Fault, D2_IllFormedSequencesAreFoundWhereTheyStart) {
  const std::vector<std::string> faults = {"\xC0\xAF",     "\xE0\x80\xBF", "\xF0\x81\x82\x41",
                                           "\xED\xA0\x80", "\xED\xBF\xBF", "\xF4\x91\x92\x93",
                                           "\xFF",         "\x80",         "\xBF",
                                           "\xE1\x80\xE2", "\xF0\x91\x92", "\xF1\xBF\x41",
                                           "\xC3",         "\xE2\x82",     "\xF5\x80\x80\x80"};
  for (const std::string& fault : faults) {
    EXPECT_EQ(find_utf8_fault("123456789" + fault), 9U);
    EXPECT_EQ(find_utf8_fault("é" + fault + " and on it goes"), 2U);
  }
}

TEST(Utf8Fault, D2_AgreesWithIcuOnRandomBytes) {
  std::mt19937 random(7);
  const std::array<unsigned char, 14> likely = {0x41, 0x80, 0xBF, 0xC2, 0xC3, 0xE0, 0xE2,
                                                0xED, 0xEF, 0xF0, 0xF4, 0x9F, 0xA0, 0x90};
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (int i = 0; i < 6; ++i) text += static_cast<char>(likely[random() % likely.size()]);
    std::string back;
    icu::UnicodeString::fromUTF8(text).toUTF8String(back);
    EXPECT_EQ(find_utf8_fault(text).has_value(), back != text);
  }
}

TEST(CodePoints, AreCountedAndNeverCut) {
  const std::string text = "aé€😀 and ascii to the end of it";
  EXPECT_EQ(count_code_points(text), text.size() - 1 - 2 - 3);
  EXPECT_EQ(truncate_code_points(text, 4), "aé€😀");
  EXPECT_EQ(truncate_code_points(text, 0), "");
  EXPECT_EQ(truncate_code_points(text, 1000), text);
  EXPECT_EQ(truncate_bytes(text, 9), "aé€");
  EXPECT_EQ(truncate_bytes(text, 10), "aé€😀");
  EXPECT_EQ(truncate_bytes("é", 1), "");
  EXPECT_EQ(truncate_bytes(text, 1000), text);
}

// Examples of Unicode Standard Annex 15 (figures 3 and 6) and of CaseFolding.txt.
TEST(Fold, D4_FollowsThePublishedExamples) {
  EXPECT_EQ(fold("ABC xyz 019 [\\]^_`{|}~@"), "abc xyz 019 [\\]^_`{|}~@");
  EXPECT_EQ(fold("Crème BRÛLÉE à l’œuf"), "crème brûlée à l’œuf");
  EXPECT_EQ(fold("Straße STRASSE"), "strasse strasse");
  EXPECT_EQ(fold("\u212B"), "\u00E5");  // Angstrom sign
  EXPECT_EQ(fold("\u2126"), "\u03C9");  // Ohm sign
  EXPECT_EQ(fold("\uFB01"), "fi");      // ligature
  EXPECT_EQ(fold("2\u2075"), "25");     // superscript
  EXPECT_EQ(fold("\u017F\u0323\u0307"), "\u1E69");
  EXPECT_EQ(fold("E\u0301"), "é");  // ASCII and a combining accent
  EXPECT_EQ(fold("\uFF21\uFF22\u3000\uFF23"), "ab c");
  EXPECT_EQ(fold("ΌΣΟΣ"), "όσοσ");
  EXPECT_EQ(fold("co\u00ADoperate\u200B\uFEFF"), "cooperate");
  EXPECT_EQ(fold("1\u00A02\u2026"), "1 2...");
  EXPECT_EQ(fold("\u1112\u1161\u11AB"), "\uD55C");  // conjoining Jamo
  EXPECT_EQ(fold(""), "");
}

TEST(Fold, D4_EveryCharacterAloneAndAmongOthersFoldsAsIcuSays) {
  for (char32_t c = 1; c < 0x30000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    const std::string text = utf8(c);
    for (const std::string& placed : {text, "Az" + text + "Bé" + text, "É" + text + "\u0301"}) {
      const std::string folded = fold(placed);
      ASSERT_EQ(folded, fold_by_icu(placed)) << std::hex << static_cast<std::uint32_t>(c);
      ASSERT_EQ(fold(folded), folded) << std::hex << static_cast<std::uint32_t>(c);
    }
  }
}

TEST(Fold, D4_AnyMixtureFoldsAsIcuSays) {
  static const std::vector<char32_t> kPool = {'a',    'Z',    ' ',    '=',    0xA8,   0xAD,   0xB4,  0xC9,
                                              0xDF,   0xE9,   0x300,  0x301,  0x323,  0x327,  0x338, 0x345,
                                              0x2011, 0x200B, 0x2019, 0x2026, 0x203C, 0x20AC, 0x3A3, 0x1100,
                                              0x1161, 0x11A8, 0x3099, 0x304B, 0xFF21, 0x1F600};
  EXPECT_TRUE(rc::check("fold equals ICU", [] {
    std::string text;
    for (const int index : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, static_cast<int>(kPool.size()))))
      text += utf8(kPool[static_cast<std::size_t>(index)]);
    RC_ASSERT(fold(text) == fold_by_icu(text));
  }));
}

TEST(Fold, IllFormedBytesDoNoHarm) {
  std::mt19937 random(3);
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (int i = 0; i < 12; ++i) text += static_cast<char>(random());
    EXPECT_LE(fold(text).size(), 1000U);
  }
  EXPECT_TRUE(fold("OK\xC3").starts_with("ok"));
}

}  // namespace
}  // namespace aisle
