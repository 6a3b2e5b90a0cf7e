// The tables of the evaluation's page.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <unordered_map>

#include "train/report/html.h"
#include "train/report/parts.h"

namespace aisle::report {
namespace {

constexpr std::size_t kListedClasses = 1000;
constexpr std::size_t kListedPairs = 20;

struct Row {
  std::string_view name;
  double value;
  std::string_view meaning;
};

std::vector<Row> category_rows(const Measures& m) {
  std::vector<Row> rows = {
      {"Accuracy", m.accuracy, "Share of items whose first answer is right."},
      {"Weighted F1", m.weighted_f1,
       "F1 of each class, averaged by how often the class occurs. Promotion compares this."},
      {"Macro F1", m.macro_f1, "F1 averaged with every class counting the same: falls when rare classes go wrong."},
      {"Micro F1", m.micro_f1, "F1 over all answers together; equals accuracy where each item has one label."},
      {"Coverage", m.coverage, "Share of items answered with enough confidence to need no person."},
      {"Precision of sure answers", m.sure_precision, "Share of those sure answers that are right."},
      {"No prediction", m.no_prediction, "Share of items without any answer."},
      {"Calibration error", m.expected_calibration_error,
       "Mean gap between the probability stated for the first answer and how often it is right; 0 is best."}};
  static constexpr std::string_view kTop[] = {"", "Right within 2", "Right within 3", "Right within 4",
                                              "Right within 5"};
  for (std::size_t i = 1; i < m.top_k_accuracy.size() && i < std::size(kTop); ++i) {
    rows.push_back({kTop[i], m.top_k_accuracy[i], "Share of items whose true class is among that many first answers."});
  }
  return rows;
}

std::vector<Row> tags_rows(const Measures& m) {
  return {{"Micro F1", m.micro_f1,
           "Right tags against all proposed and all true ones, counted together. Promotion compares this."},
          {"Weighted F1", m.weighted_f1, "F1 of each tag, averaged by how often the tag occurs."},
          {"Macro F1", m.macro_f1, "F1 averaged with every tag counting the same: falls when rare tags go wrong."},
          {"Jaccard", m.jaccard, "Per item: tags both proposed and true, over tags that are either; then averaged."},
          {"At least one right", m.any_right, "Share of items with at least one right tag."},
          {"All right", m.all_right, "Share of items whose tags are exactly the true ones."},
          {"Coverage", m.coverage, "Share of items for which at least one tag is proposed."},
          {"No prediction", m.no_prediction, "Share of items for which no tag is proposed."},
          {"Calibration error", m.expected_calibration_error,
           "Mean gap between the probability stated for a tag and how often it is right; 0 is best."}};
}

// A cell with the figure and a bar behind it.
std::string bar_cell(double value) {
  if (std::isnan(value)) return "<td class=n data-v=-1>\u2013</td>";
  return fmt::format("<td class=n data-v={0:.4f}><span class=bar style=\"--w:{1:.0f}%\"></span>{0:.3f}</td>", value,
                     value * 100);
}

std::string number_cell(double value) {
  if (std::isnan(value)) return "<td class=n data-v=-1>\u2013</td>";
  return fmt::format("<td class=n data-v={0:.4f}>{0:.3f}</td>", value);
}

std::string count_cell(std::int64_t value) {
  return fmt::format("<td class=n data-v={}>{}</td>", value, count(value));
}

std::string_view noun(bool category) {
  return category ? "class" : "tag";
}

}  // namespace

bool is_category(const Evaluation& evaluation) {
  return !evaluation.measures.top_k_accuracy.empty();
}

std::string measures_table(const Evaluation& evaluation) {
  const std::vector<Row> rows =
      is_category(evaluation) ? category_rows(evaluation.measures) : tags_rows(evaluation.measures);
  std::string html =
      "<table class=measures><caption>From 0 to 1; a dash where a measure is not defined.</caption>"
      "<thead><tr><th scope=col>Measure<th scope=col class=n>Value<th scope=col>What it says</thead><tbody>";
  for (const Row& row : rows) {
    fmt::format_to(std::back_inserter(html), "<tr><th scope=row>{}</th><td class=n>{}</td><td>{}</td></tr>\n", row.name,
                   figure(row.value), row.meaning);
  }
  return html + "</tbody></table>";
}

std::string class_table(const Evaluation& evaluation) {
  const std::size_t listed = std::min(evaluation.per_class.size(), kListedClasses);
  const std::string_view what = noun(is_category(evaluation));
  std::string html =
      fmt::format("<table class=classes data-sort><caption>One row a {0}, the most frequent first.", what);
  if (listed < evaluation.per_class.size()) {
    fmt::format_to(std::back_inserter(html), " The first {} of {}.", count(static_cast<std::int64_t>(listed)),
                   count(static_cast<std::int64_t>(evaluation.per_class.size())));
  }
  fmt::format_to(std::back_inserter(html),
                 "</caption><thead><tr><th scope=col>{}{}<th scope=col class=n>Items<th scope=col class=n>Answered"
                 "<th scope=col class=n>Precision<th scope=col class=n>Recall<th scope=col class=n>F1</thead><tbody>",
                 static_cast<char>(what[0] - 'a' + 'A'), what.substr(1));
  for (std::size_t i = 0; i < listed; ++i) {
    const ClassMeasures& row = evaluation.per_class[i];
    html += "<tr><th scope=row>" + label_html(row.label) + "</th>" + count_cell(row.support) +
            count_cell(row.predicted) + number_cell(row.precision) + number_cell(row.recall) + bar_cell(row.f1) +
            "</tr>\n";
  }
  return html + "</tbody></table>";
}

std::string confused_pairs_table(const Evaluation& evaluation) {
  std::unordered_map<std::string_view, std::int64_t> support;
  for (const ClassMeasures& row : evaluation.per_class) support[row.label] = row.support;
  std::string html =
      "<table class=pairs><caption>What is most often taken for what.</caption><thead><tr><th scope=col>Truly"
      "<th scope=col>Answered<th scope=col class=n>Items<th scope=col class=n>Of the class</thead><tbody>";
  std::size_t listed = 0;
  for (const ConfusionCell& cell : evaluation.confusion) {
    if (cell.truth == cell.answer) continue;
    if (++listed > kListedPairs) break;
    const auto all = static_cast<double>(std::max<std::int64_t>(1, support[cell.truth]));
    html += "<tr><td>" + label_html(cell.truth) + "</td><td>" + label_html(cell.answer) + "</td>" +
            count_cell(cell.count) + bar_cell(static_cast<double>(cell.count) / all) + "</tr>\n";
  }
  if (listed == 0) return "<p>No class was taken for another.</p>";
  return html + "</tbody></table>";
}

std::string mistakes_table(const Evaluation& evaluation) {
  if (evaluation.mistakes.empty()) return "<p>There is none.</p>";
  std::string html =
      "<table class=mistakes><caption>The most confident wrong answers first. Where the answer looks right, the "
      "item's label may be wrong.</caption><thead><tr><th scope=col>Item<th scope=col>True<th scope=col>"
      "Answered<th scope=col class=n>Probability</thead><tbody>";
  for (const Mistake& mistake : evaluation.mistakes) {
    html += "<tr><td><p dir=auto>" + escaped(mistake.text) + "</p><code><bdi>" + escaped(mistake.id) +
            "</bdi></code></td><td>" + labels_html(mistake.truth, mistake.answer) + "</td><td>" +
            labels_html(mistake.answer, mistake.truth) + "</td>" +
            bar_cell(mistake.probability > 0 ? mistake.probability : kUndefined) + "</tr>\n";
  }
  return html + "</tbody></table>";
}

std::string robustness_table(const Evaluation& evaluation) {
  const bool category = is_category(evaluation);
  std::string html =
      "<table><caption>The same items again, with one thing wrong in all of them.</caption><thead><tr><th "
      "scope=col>Damage"
      "<th scope=col class=n>";
  html += category ? "Weighted F1<th scope=col class=n>Accuracy" : "Micro F1<th scope=col class=n>Jaccard";
  html += "<th scope=col class=n>Coverage</thead><tbody>";
  const auto add = [&](std::string_view what, const Measures& m) {
    html += "<tr><th scope=row>" + escaped(what) + "</th>" + bar_cell(category ? m.weighted_f1 : m.micro_f1) +
            number_cell(category ? m.accuracy : m.jaccard) + number_cell(m.coverage) + "</tr>\n";
  };
  add("none", evaluation.measures);
  for (const RobustnessRow& row : evaluation.robustness) add(row.what, row.measures);
  return html + "</tbody></table>";
}

}  // namespace aisle::report
