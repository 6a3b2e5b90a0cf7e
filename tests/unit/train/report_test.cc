#include <gtest/gtest.h>

#include "train/evaluate.h"
#include "train/report/html.h"

namespace aisle {
namespace {

const std::string kHostile = "<script>alert(1)</script>\" onload='x' & \x01more";

Evaluation category(std::size_t classes, const std::string& prefix) {
  Evaluation evaluation;
  evaluation.items = 100;
  evaluation.classes = static_cast<std::int64_t>(classes);
  evaluation.measures.accuracy = 0.8125;
  evaluation.measures.top_k_accuracy = {0.8125, 0.9};
  for (std::size_t i = 0; i < classes; ++i) {
    const std::string label = prefix + std::to_string(i);
    evaluation.per_class.push_back({label, 10, 9, 0.5, 0.25, 0.3333});
    evaluation.confusion.push_back({label, label, 7});
    evaluation.confusion.push_back({label, prefix + "0", 3});
  }
  evaluation.reliability = {{0.1, 0.2, 10}, {kUndefined, kUndefined, 0}, {0.9, 0.8, 90}};
  evaluation.mistakes = {{prefix, prefix, {prefix}, {prefix + "0"}, 0.97}};
  return evaluation;
}

std::size_t occurrences(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(Report, M9_ShowsALabelsNameBesideItWhereverTheLabelStands) {
  const Evaluation evaluation = category(3, "c");
  const std::string page =
      html_report({"t", "s", "c", {{"c0", "Livres <anciens>", 1}, {"c1", "c1", 1}, {"c2", "", 1}}}, evaluation);
  const std::string plain = html_report({"t", "s", "c"}, evaluation);
  EXPECT_EQ(page.find("<anciens>"), std::string::npos);
  EXPECT_NE(page.find("<th scope=row><bdi>c0 \u00B7 Livres &lt;anciens&gt;</bdi></th>"), std::string::npos);
  EXPECT_NE(page.find("c1 answered as c0 \u00B7 Livres &lt;anciens&gt;: 3 of 10"), std::string::npos);
  EXPECT_NE(page.find("<b class=off><bdi>c0 \u00B7 Livres"), std::string::npos);  // a mistake's answer
  EXPECT_NE(page.find("<th scope=row><bdi>c1</bdi></th>"), std::string::npos);
  EXPECT_NE(page.find("<th scope=row><bdi>c2</bdi></th>"), std::string::npos);
  EXPECT_EQ(plain.find("Livres"), std::string::npos);
}

TEST(Report, M9_EscapesEveryTextFromOutside) {
  Evaluation evaluation = category(3, kHostile);
  const std::string plain = html_report({"t", "s", "c"}, category(3, "plain"));
  const std::string page = html_report({kHostile, kHostile, kHostile}, evaluation);
  EXPECT_EQ(occurrences(page, "<script>"), 1U);  // ours
  EXPECT_EQ(occurrences(page, "<script>"), occurrences(plain, "<script>"));
  EXPECT_EQ(page.find("onload='x'"), std::string::npos);
  EXPECT_EQ(page.find('\x01'), std::string::npos);
  EXPECT_NE(page.find("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39; &amp; more"), std::string::npos);
}

TEST(Report, M9_AsksNothingOfTheNetwork) {
  const std::string page = html_report({"t", "s", "c"}, category(5, "c"));
  for (const char* const way : {"http:", "https:", "src=", "href=", "url(", "@import", "fetch"}) {
    EXPECT_EQ(page.find(way), std::string::npos) << way;
  }
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
}

TEST(Report, M9_ShowsMeasuresAndADashWhereUndefined) {
  const std::string page = html_report({"apps, version 3 (linear)", "snapshot 2, test part", "2024"}, category(2, "c"));
  EXPECT_NE(page.find("Accuracy</th><td class=n>0.812"), std::string::npos);
  EXPECT_NE(page.find("Weighted F1</th><td class=n>\u2013"), std::string::npos);
  EXPECT_NE(page.find("Right within 2</th><td class=n>0.900"), std::string::npos);
  EXPECT_EQ(page.find("nan"), std::string::npos);
}

TEST(Report, M9_DrawsSixtyOneClassesAndFoldsMore) {
  const std::string whole = html_report({"t", "s", "c"}, category(61, "c"));
  EXPECT_EQ(whole.find("all others"), std::string::npos);
  const std::string folded = html_report({"t", "s", "c"}, category(100, "c"));
  EXPECT_NE(folded.find("all others (40)"), std::string::npos);
  // 40 folded classes of 10 items each: 7 stay among the others, 3 are answered as c0.
  EXPECT_NE(folded.find("all others (40) answered as all others (40): 280 of 400 (70.0 %)"), std::string::npos);
  EXPECT_NE(folded.find("all others (40) answered as c0: 120 of 400 (30.0 %)"), std::string::npos);
}

TEST(Report, M9_TagsHaveNoConfusionMatrix) {
  Evaluation evaluation = category(3, "c");
  evaluation.measures.top_k_accuracy.clear();
  evaluation.confusion.clear();
  evaluation.measures.jaccard = 0.625;
  const std::string page = html_report({"t", "s", "c"}, evaluation);
  EXPECT_EQ(page.find("Confusion matrix"), std::string::npos);
  EXPECT_NE(page.find("Jaccard</th><td class=n>0.625"), std::string::npos);
}

TEST(Report, M9_ShowsRobustnessOnlyWhereItWasMeasured) {
  Evaluation evaluation = category(2, "c");
  EXPECT_EQ(html_report({"t", "s", "c"}, evaluation).find("missing"), std::string::npos);
  Measures measures;
  measures.weighted_f1 = 0.4375;
  evaluation.robustness = {{kHostile + " missing", 100, measures}};
  const std::string page = html_report({"t", "s", "c"}, evaluation);
  EXPECT_NE(page.find("more missing</th><td class=n data-v=0.4375>"), std::string::npos);
  EXPECT_EQ(occurrences(page, "<script>"), 1U);
}

TEST(Report, M9_ShowsTheTimeOfAnItem) {
  Evaluation evaluation = category(2, "c");
  evaluation.seconds = 0.0025;
  EXPECT_NE(html_report({"t", "s", "c"}, evaluation).find("25 \u00B5s an item, 40\u202F000 items a second"),
            std::string::npos);
}

TEST(Report, SaysWhenNothingWasMeasuredOrLabelsAreUnknown) {
  Evaluation evaluation;
  evaluation.unknown_labels = 1234;
  const std::string page = html_report({"t", "s", "c"}, evaluation);
  EXPECT_NE(page.find("No item was measured"), std::string::npos);
  EXPECT_NE(page.find("1\u202F234"), std::string::npos);
}

TEST(ReportHtml, CountsAndShortensByCharacters) {
  EXPECT_EQ(report::count(0), "0");
  EXPECT_EQ(report::count(999), "999");
  EXPECT_EQ(report::count(1234567), "1\u202F234\u202F567");
  EXPECT_EQ(report::count(-1234), "-1\u202F234");
  EXPECT_EQ(report::shortened("h\u00E9llo", 2), "h\u00E9\u2026");
  EXPECT_EQ(report::shortened("h\u00E9", 2), "h\u00E9");
}

}  // namespace
}  // namespace aisle
