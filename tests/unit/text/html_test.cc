#include "text/html.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace aisle {
namespace {

std::string strip(std::string_view html, bool drop_code = false) {
  std::string out;
  strip_html(html, {.drop_code = drop_code}, out);
  return out;
}

TEST(Html, D4_PlainTextPassesUnchanged) {
  for (const std::string_view text :
       {"a < b", "a<b and c>d", "x <y> z", "std::vector<int> v;", "R&D & more", "3 <5 > 2", "<john@example.org>", "<",
        "<<>>", "", "how do I close a <div", "what does <script> do?", "if (a<b", "a <!- b", "&& &; &#;", "<3"}) {
    EXPECT_EQ(strip(text), text);
    EXPECT_FALSE(has_html(text)) << text;
  }
}

TEST(Html, D4_TagsGoAndBlocksBecomeLines) {
  EXPECT_EQ(strip("<p>One <b>bold</b> word.</p><p>Two</p>"), "One bold word.\nTwo\n");
  EXPECT_EQ(strip("a<br>b<BR/>c"), "a\nb\nc");
  EXPECT_EQ(strip("<ul><li>x</li><li>y</ul>z"), "x\ny\nz");
  EXPECT_EQ(strip("in<i>side</i>"), "inside");
  EXPECT_EQ(strip("<a href='x>y' title=\"<b>\">link</a>!"), "link!");
  EXPECT_EQ(strip("<!-- no > --><em>yes</em><!DOCTYPE html>"), "yes");
  EXPECT_EQ(strip("<p>vector<int> and 1 < 2</p>"), "vector<int> and 1 < 2\n");
  EXPECT_EQ(strip("<html><head><title>T</title></head><body class=x>B</body></html>"), "T\nB");
  EXPECT_EQ(strip("<frameset>kept</frameset><p>too</p>"), "kept\ntoo\n");
}

TEST(Html, D4_ReferencesAreDecoded) {
  EXPECT_EQ(strip("R&amp;D &lt;b&gt; &eacute;t&#233; &#x20AC;&nbsp;5"), "R&D <b> été €\u00A05");
  EXPECT_EQ(strip("&lt;p&gt; &amp;amp;"), "<p> &amp;");
  EXPECT_EQ(strip("AT&T; &nosuchname;"), "AT&T; &nosuchname;");
}

TEST(Html, D4_ScriptsAndStylesVanish) {
  EXPECT_EQ(strip("a<script>if (x < 1) alert('<p>');</script>b<STYLE>p { color: red }</STYLE>c"), "abc");
}

TEST(Html, D4_CodeBlocksAreDroppedWhenAsked) {
  const std::string_view body = "<p>Use <code>map</code>:</p>\n<pre><code>int main() {\n}</code></pre>\n<p>Why?</p>";
  EXPECT_EQ(strip(body), "Use map:\n\nint main() {\n}\n\nWhy?\n");
  EXPECT_EQ(strip(body, true), "Use map:\n\n\nWhy?\n");
  EXPECT_EQ(strip("<code>a\nb</code>kept", true), "kept");
}

// A question as Stack Exchange stores it (the form of its public data dump).
TEST(Html, D4_AQuestionReadsAsItsPageDoes) {
  EXPECT_EQ(
      strip("<p>I'm using <a href=\"https://example.org/?a=1&amp;b=2\" rel=\"nofollow noreferrer\">this</a> &amp; it "
            "fails:</p>\r\n\r\n<pre class=\"lang-cpp prettyprint-override\"><code>"
            "std::vector&lt;int&gt; v;\n</code></pre>\n<blockquote>\n  <p>error: &lsquo;v&rsquo;</p>\n</blockquote>",
            true),
      "I'm using this & it fails:\n\n\n\n\n  \nerror: ‘v’\n\n");
}

TEST(Html, DeepNestingIsBounded) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<div>";
  EXPECT_EQ(strip(deep + "bottom"), "bottom\n");
  std::string bold;
  for (int i = 0; i < 60'000; ++i) bold += "<p><b id=" + std::to_string(i) + ">x";
  const std::string text = strip(bold);
  EXPECT_EQ(std::count(text.begin(), text.end(), 'x'), 60'000);
  std::string tables;
  for (int i = 0; i < 50'000; ++i) tables += "<div><table></div>y";
  EXPECT_EQ(std::ranges::count(strip(tables), 'y'), 50'000);
}

TEST(Html, HostileSignsTakeLinearTime) {
  const std::size_t count = 100'000;
  for (const std::string_view part : {"<", "<a \"", "<a =\"", "<a ='", "<!--", "&", "<script>", "</b", "<a "}) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += part;
    strip(text);
    strip(text + ">");
    strip(text + "<b>");
  }
}

}  // namespace
}  // namespace aisle
