#include "text/clean.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace aisle {
namespace {

TEST(Clean, D4_WhiteSpaceCollapsesAndControlCharactersGo) {
  const CleanOptions options;
  EXPECT_EQ(clean("  a \t\r\n b\u00A0\u2003c\u3000 d\x01\x7F\u0085"
                  "e  ",
                  options),
            "a b c d e");
  EXPECT_EQ(clean("one plain sentence of ordinary words, long enough", options),
            "one plain sentence of ordinary words, long enough");
  EXPECT_EQ(clean("eight by eight  two spaces   three    four", options), "eight by eight two spaces three four");
  EXPECT_EQ(clean(" \n ", options), "");
  EXPECT_EQ(clean("", options), "");
  EXPECT_EQ(clean("é\u20AC日本", options), "é\u20AC日本");
}

TEST(Clean, D4_HtmlIsStrippedWhenAsked) {
  EXPECT_EQ(clean("<p>a &amp; b</p><p>c</p>", {}), "a & b c");
  EXPECT_EQ(clean("<p>a</p>", {.html = false}), "<p>a</p>");
  EXPECT_EQ(clean("<p>a</p><pre>x\ny</pre>", {.drop_code = true}), "a");
  EXPECT_EQ(clean("a < b", {}), "a < b");
}

TEST(Clean, D4_AddressesAreDroppedWhenAsked) {
  EXPECT_EQ(clean("write to John.Doe+x@mail.example.org, please", {}), "write to , please");
  EXPECT_EQ(clean("call [phone] or [email] today", {}), "call or today");
  EXPECT_EQ(clean("user@host and a@b", {}), "user@host and a@b");
  EXPECT_EQ(clean("me@x.org", {.drop_emails = false}), "me@x.org");
  EXPECT_EQ(clean("see https://example.org/a?b=c#d and www.example.org/x now", {.drop_urls = true}), "see and now");
  EXPECT_EQ(clean("http:// nothing ://", {.drop_urls = true}), "nothing ://");
  EXPECT_EQ(clean("see https://example.org", {}), "see https://example.org");
}

TEST(Clean, D4_PunctuationIsDroppedWhenAsked) {
  EXPECT_EQ(clean("C'est l’été: 20 €, (prix) «fou»! a_b", {.drop_punctuation = true}), "C est l été 20 prix fou a b");
  EXPECT_EQ(clean("हिन्दी 日本。", {.drop_punctuation = true}), "हिन्दी 日本");
}

TEST(Clean, LongListsOfLinksTakeLinearTime) {
  for (const std::string part : {"a://b ", "www.a ", "w:", "a@b.c ", "@", "[", "[email]"}) {
    std::string text;
    for (int i = 0; i < 200'000; ++i) text += part;
    EXPECT_LE(clean(text, {.drop_urls = true}).size(), text.size());
  }
}

// A slow twin: one character at a time, ASCII alone.
std::string collapse_slowly(const std::string& text) {
  std::string out;
  bool space = false;
  for (const char c : text) {
    if (c <= ' ' || c == 0x7F) {
      space = !out.empty();
    } else {
      if (space) out += ' ';
      space = false;
      out += c;
    }
  }
  return out;
}

TEST(Clean, D4_FastAndSlowWaysAgreeAndCleaningTwiceChangesNothing) {
  EXPECT_TRUE(rc::check("clean equals its slow twin", [](const std::vector<std::uint8_t>& bytes) {
    std::string text;
    for (const std::uint8_t byte : bytes) text += byte % 4 == 0 ? ' ' : static_cast<char>(byte % 128);
    const CleanOptions options{.html = false, .drop_emails = false};
    const std::string once = clean(text, options);
    RC_ASSERT(once == collapse_slowly(text));
    RC_ASSERT(clean(once, options) == once);
  }));
}

}  // namespace
}  // namespace aisle
