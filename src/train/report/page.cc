// The evaluation's page as a whole.
#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "train/evaluate.h"
#include "train/report/html.h"
#include "train/report/parts.h"

namespace aisle {
namespace {

using namespace report;

std::string tile(std::string_view name, const std::string& value) {
  return fmt::format("<li><b>{}</b><span>{}</span></li>", value, name);
}

std::string tiles(const Evaluation& evaluation) {
  const Measures& m = evaluation.measures;
  std::string html = "<ul class=tiles>" + tile("items measured", count(evaluation.items));
  if (is_category(evaluation)) {
    html += tile("classes", count(evaluation.classes)) + tile("accuracy", figure(m.accuracy)) +
            tile("weighted F1", figure(m.weighted_f1));
  } else {
    html += tile("tags", count(evaluation.classes)) + tile("micro F1", figure(m.micro_f1)) +
            tile("Jaccard", figure(m.jaccard));
  }
  return html + tile("coverage", figure(m.coverage)) + tile("calibration error", figure(m.expected_calibration_error)) +
         "</ul>\n";
}

std::string notes(const Evaluation& evaluation) {
  std::string html;
  if (evaluation.items == 0)
    html += "<p class=warning>No item was measured, so nothing can be said about this model.</p>";
  if (evaluation.unknown_labels > 0) {
    html += "<p class=warning>Items with a label that the model does not know: " + count(evaluation.unknown_labels) +
            ". Such a label counts as wrong.</p>";
  }
  return html;
}

std::string header(const ReportHeading& heading, const Evaluation& evaluation) {
  std::string html = "<header><h1>" + escaped(heading.title) + "</h1><p>Measured on " + escaped(heading.snapshot) +
                     "</p><p>" + escaped(heading.created);
  if (evaluation.seconds > 0 && evaluation.items > 0) {
    const double rate = static_cast<double>(evaluation.items) / evaluation.seconds;
    fmt::format_to(std::back_inserter(html), " \u00B7 answered in {:.2g} s, {:.3g} \u00B5s an item, {} items a second",
                   evaluation.seconds, microseconds_an_item(evaluation), count(std::llround(rate)));
  }
  return html + "</p>" + tiles(evaluation) + notes(evaluation) + "</header>\n";
}

std::string section(std::string_view title, const std::string& content) {
  return fmt::format("<section><h2>{}</h2>{}</section>\n", title, content);
}

std::string scrolling(const std::string& table) {
  return "<div class=scroll>" + table + "</div>";
}

}  // namespace

std::string html_report(const ReportHeading& heading, const Evaluation& measured) {
  const Evaluation evaluation = with_names(measured, heading.labels);
  // The policy forbids every request, should a text ever slip through the escaping.
  std::string html =
      "<!doctype html>\n<html lang=en><head><meta charset=utf-8>"
      "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "script-src 'unsafe-inline'\"><meta name=viewport content='width=device-width, initial-scale=1'><title>";
  html += escaped(heading.title) + "</title><style>";
  html += style_sheet();
  html += "</style></head><body>\n" + header(heading, evaluation) + "<main>\n";
  html += section("Measures", measures_table(evaluation));
  html += section("Can the probabilities be trusted?", reliability_diagram(evaluation));
  if (is_category(evaluation)) {
    html += section("What is taken for what", confusion_matrix(evaluation));
    html += section("Most frequent confusions", scrolling(confused_pairs_table(evaluation)));
  }
  if (!evaluation.robustness.empty())
    html += section("When texts are not as they should be", scrolling(robustness_table(evaluation)));
  html += section("Worst mistakes", mistakes_table(evaluation));
  html += section(is_category(evaluation) ? "Every class" : "Every tag", scrolling(class_table(evaluation)));
  html +=
      "</main><footer>Made by Aisle. This page is whole in itself: it asks nothing of the network.</footer><script>";
  html += sort_script();
  return html + "</script></body></html>\n";
}

}  // namespace aisle
