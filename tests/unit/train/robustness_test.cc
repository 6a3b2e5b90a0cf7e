#include "train/robustness.h"

#include <gtest/gtest.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "support/vector_source.h"

namespace aisle {
namespace {

constexpr double kShare = 0.05;

std::string damaged(std::string_view text, double share, std::uint64_t seed = 7) {
  Random random(seed);
  return with_typos(text, share, random);
}

// By ICU, not by our own decoder. U_SENTINEL (-1) where ill-formed.
std::u32string decoded(std::string_view text) {
  std::u32string result;
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) {
    UChar32 code = 0;
    U8_NEXT(text.data(), at, size, code);
    result.push_back(static_cast<char32_t>(code));
  }
  return result;
}

bool well_formed(std::string_view text) {
  return decoded(text).find(static_cast<char32_t>(-1)) == std::u32string::npos;
}

// Damerau's distance (optimal string alignment): how few swaps, deletions, insertions and replacements lead
// there.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

std::string random_words(Random& random, std::size_t letters) {
  std::string text;
  while (text.size() < letters) {
    text += static_cast<char>((random.below(20) == 0 ? 'A' : 'a') + static_cast<char>(random.below(26)));
    if (random.below(7) == 0) text += ' ';
  }
  return text;
}

std::size_t letters_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](unsigned char c) { return std::isalpha(c) != 0; }));
}

TEST(Typos, M9_HitAboutTheShareOfTheLetters) {
  Random random(3);
  std::size_t letters = 0, hits = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const std::string text = random_words(random, 300);
    letters += letters_of(text);
    hits += distance(text, damaged(text, kShare, i));
  }
  // About 51,000 letters: one deviation is 0.001. Two faults side by side may cost one step less.
  EXPECT_NEAR(static_cast<double>(hits) / static_cast<double>(letters), kShare, 0.004);
}

// Two letters, one fault or two: everything that can come out is known.
TEST(Typos, M9_AreOfFourKindsAndReplaceByNeighboursOfTheKeyboard) {
  std::map<std::string, int> seen;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) ++seen[damaged("aB", 0.3, seed)];
  EXPECT_GT(seen["aB"], 1500);  // untouched: 0.49 of them
  for (const char* const text : {"Ba", "B", "aaB", "qB", "wB", "sB", "zB", "a", "aBB", "aV", "aG", "aH", "aN"})
    EXPECT_GT(seen[text], 10) << text;
  EXPECT_EQ(seen.count("pB") + seen.count("ab") + seen.count("aQ") + seen.count("av"), 0U);
}

TEST(Typos, M9_KeepUtf8WellFormedAndLeaveEmojiSignsAndDigitsAlone) {
  const std::string text =
      "D\u00E9j\u00E0 vu \u00E0 l'\u00E9t\u00E9 \u2014 \U0001F600\U0001F468\u200D\U0001F469\u200D\U0001F467 "
      "12,50 \u20AC; \u041F\u0440\u0438\u0432\u0435\u0442 "
      "\u03BA\u03CC\u03C3\u03BC\u03B5, \u65E5\u672C\u8A9E \uD55C\uAD6D\uC5B4 e\u0301 \u00D7\u00F7 "
      "(\u00DF\u0153\u017F) \u0E44\u0E17\u0E22.";
  ASSERT_TRUE(well_formed(text));
  const auto others = [](std::string_view of) {
    std::u32string kept = decoded(of);
    std::erase_if(kept, [](char32_t c) { return u_isalpha(static_cast<UChar32>(c)) != 0; });
    return kept;
  };
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const std::string result = damaged(text, 0.5, seed);
    ASSERT_TRUE(well_formed(result)) << seed;
    ASSERT_EQ(others(result), others(text)) << seed;
  }
  EXPECT_NE(damaged(text, 0.5), text);
}

TEST(Typos, M9_ReadNothingOutsideIllFormedText) {
  for (const std::string_view text :
       {"\xE2", "\xE2\x82", "\xF0\x9F\x98", "\xC3", "a\xC3", "\x80\x80", "\xFF\xFE z", "\xE9t\xE9"}) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) EXPECT_LE(damaged(text, 1, seed).size(), 2 * text.size());
  }
}

TEST(Typos, M9_AreNoneInTextsWithoutLettersOrWithoutAShare) {
  EXPECT_EQ(damaged("", 1), "");
  EXPECT_EQ(damaged("1234 !? \U0001F600", 1), "1234 !? \U0001F600");
  EXPECT_EQ(damaged("plain words", 0), "plain words");
  EXPECT_NE(damaged("plain words", 1), "plain words");
}

Item item(const std::string& id) {
  Item result;
  result.id = id;
  result.texts = {"a title of some length that typos find",
                  "a body that is long enough for several of them to be found", ""};
  result.labels = {"x"};
  return result;
}

std::map<std::string, std::vector<std::string>> texts_of(ItemSource& source) {
  std::map<std::string, std::vector<std::string>> texts;
  Item item;
  while (source.next(item)) {
    EXPECT_EQ(item.labels, std::vector<std::string>{"x"});
    texts[item.id] = item.texts;
  }
  return texts;
}

TEST(TyposSource, M9_GivesAnItemTheSameTyposWhateverStandsAroundIt) {
  VectorSource forward({item("1"), item("2"), item("3")}), backward({item("3"), item("1")}), again({item("1")});
  TyposSource first(forward, 0.2, 1), second(backward, 0.2, 1), other_seed(again, 0.2, 2);
  const auto a = texts_of(first), b = texts_of(second), c = texts_of(other_seed);
  EXPECT_EQ(a.size(), 3U);
  EXPECT_EQ(a.at("1"), b.at("1"));
  EXPECT_EQ(a.at("3"), b.at("3"));
  EXPECT_NE(a.at("1"), a.at("2"));  // the same texts, another id
  EXPECT_NE(a.at("1"), c.at("1"));
  EXPECT_NE(a.at("1")[0], item("1").texts[0]);
  EXPECT_NE(a.at("1")[1], item("1").texts[1]);
  EXPECT_EQ(a.at("1")[2], "");
}

TEST(WithoutField, M9_EmptiesThatFieldOnly) {
  for (std::size_t field = 0; field < 4; ++field) {
    VectorSource items({item("1"), item("2")});
    WithoutField without(items, field);
    const auto texts = texts_of(without);
    ASSERT_EQ(texts.size(), 2U);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(texts.at("2")[i], i == field ? "" : item("2").texts[i]);
  }
}

TEST(DamagedPictures, M9_LeavesThePictureOutOrCutsIt) {
  Item pictured = item("1");
  pictured.picture = "0123456789";
  for (const auto& [damage, left] : {std::pair{PictureDamage::kMissing, ""}, {PictureDamage::kCut, "01234"}}) {
    VectorSource items({pictured});
    DamagedPictures damaged(items, damage);
    Item out;
    ASSERT_TRUE(damaged.next(out));
    EXPECT_EQ(out.picture, left);
    EXPECT_EQ(out.texts, pictured.texts);
    EXPECT_FALSE(damaged.next(out));
  }
}

}  // namespace
}  // namespace aisle
