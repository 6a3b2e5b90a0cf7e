// The drawings of the evaluation's page, as SVG that follows the page's colours.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <unordered_map>

#include "train/report/html.h"
#include "train/report/parts.h"

namespace aisle::report {
namespace {

constexpr std::size_t kDrawnClasses = 60;  // those after are folded into one
constexpr std::size_t kLabelCharacters = 20;

template <typename... Values>
void put(std::string& out, fmt::format_string<Values...> format, Values&&... values) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Values>(values)...);
}

// Reliability: a square of kSide for the bars, and a strip below for how many answers each bin holds.
constexpr double kSide = 300, kLeft = 46, kTop = 10, kStrip = 60, kStripTop = kTop + kSide + 34;

void reliability_axes(std::string& svg) {
  for (const double tick : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    const double x = kLeft + tick * kSide, y = kTop + (1 - tick) * kSide;
    put(svg, "<path class=grid d='M{:.1f} {:.1f}H{:.1f}'/>", kLeft, y, kLeft + kSide);
    put(svg, "<text x={:.1f} y={:.1f} text-anchor=end>{:.2f}</text>", kLeft - 6, y + 4, tick);
    put(svg, "<text x={:.1f} y={:.1f} text-anchor=middle>{:.2f}</text>\n", x, kTop + kSide + 16, tick);
  }
  put(svg, "<text x={:.1f} y={:.1f} text-anchor=middle>stated probability</text>", kLeft + kSide / 2,
      kStripTop + kStrip + 18);
  put(svg, "<text transform='translate(11 {:.1f}) rotate(-90)' text-anchor=middle>share that is right</text>",
      kTop + kSide / 2);
  put(svg, "<text transform='translate(11 {:.1f}) rotate(-90)' text-anchor=middle>answers</text>\n",
      kStripTop + kStrip / 2);
}

void reliability_bars(std::string& svg, const std::vector<CalibrationBin>& bins) {
  std::int64_t most = 1;
  for (const CalibrationBin& bin : bins) most = std::max(most, bin.count);
  const double full = std::log1p(static_cast<double>(most));
  const auto height = [full](std::int64_t answers) { return kStrip * std::log1p(static_cast<double>(answers)) / full; };
  const double width = kSide / static_cast<double>(bins.size());
  for (std::size_t i = 0; i < bins.size(); ++i) {
    const CalibrationBin& bin = bins[i];
    if (bin.count == 0) continue;
    const double x = kLeft + static_cast<double>(i) * width, high = bin.accuracy * kSide;
    const double stated = kTop + (1 - bin.mean_probability) * kSide, many = height(bin.count);
    put(svg, "<g><title>states {:.3f}, is right {:.3f}, {} answers</title>", bin.mean_probability, bin.accuracy,
        count(bin.count));
    put(svg, "<rect class=right x={:.1f} y={:.1f} width={:.1f} height={:.1f} />", x + 1, kTop + kSide - high, width - 2,
        high);
    put(svg, "<path class=stated d='M{:.1f} {:.1f}h{:.1f}'/>", x + 1, stated, width - 2);
    put(svg, "<rect class=many x={:.1f} y={:.1f} width={:.1f} height={:.1f} /></g>\n", x + 1, kStripTop + kStrip - many,
        width - 2, many);
  }
}

std::string reliability_figures(const std::vector<CalibrationBin>& bins) {
  std::string html =
      "<details><summary>The figures</summary><table><caption>Each bin of stated probability.</caption><thead><tr>"
      "<th scope=col>Bin<th scope=col class=n>Stated<th scope=col class=n>Right<th scope=col class=n>Answers"
      "</thead><tbody>";
  for (std::size_t i = 0; i < bins.size(); ++i) {
    const auto size = static_cast<double>(bins.size());
    put(html, "<tr><th scope=row>{:.2f} to {:.2f}</th><td class=n>{}</td><td class=n>{}</td><td class=n>{}</td></tr>",
        static_cast<double>(i) / size, static_cast<double>(i + 1) / size, figure(bins[i].mean_probability),
        figure(bins[i].accuracy), count(bins[i].count));
  }
  return html + "</tbody></table></details>";
}

// The most frequent classes and one that stands for all others.
struct Drawn {
  std::vector<std::string> labels;                                    // of rows and columns, in order
  std::vector<std::int64_t> support;                                  // of each row
  std::map<std::pair<std::size_t, std::size_t>, std::int64_t> cells;  // (truth, answer)
  std::size_t folded = 0;  // classes in the last row; 0: there is no such row
};

Drawn fold(const Evaluation& evaluation) {
  std::vector<const ClassMeasures*> rows;
  for (const ClassMeasures& row : evaluation.per_class) {
    if (row.support + row.predicted > 0) rows.push_back(&row);
  }
  Drawn drawn;
  const std::size_t own = rows.size() <= kDrawnClasses + 1 ? rows.size() : kDrawnClasses;  // never fold a single one
  drawn.folded = rows.size() - own;
  std::unordered_map<std::string_view, std::size_t> place;
  for (std::size_t i = 0; i < own; ++i) {
    place.emplace(rows[i]->label, i);
    drawn.labels.push_back(rows[i]->label);
    drawn.support.push_back(rows[i]->support);
  }
  if (drawn.folded > 0) {
    drawn.labels.push_back("all others (" + std::to_string(drawn.folded) + ")");
    drawn.support.push_back(0);
    for (std::size_t i = own; i < rows.size(); ++i) drawn.support.back() += rows[i]->support;
  }
  const auto place_of = [&](const std::string& label) {
    const auto found = place.find(label);
    return found == place.end() ? own : found->second;
  };
  for (const ConfusionCell& cell : evaluation.confusion)
    drawn.cells[{place_of(cell.truth), place_of(cell.answer)}] += cell.count;
  return drawn;
}

// Room for the longest label that is shown, in pixels.
double label_room(const Drawn& drawn) {
  std::size_t longest = 6;
  for (const std::string& label : drawn.labels)
    longest = std::max(longest, std::min(label.size(), kLabelCharacters + 1));
  return 6.6 * static_cast<double>(longest) + 12;
}

double cell_size(std::size_t classes) {
  return classes <= 12 ? 40 : classes <= 30 ? 24 : 15;
}

void matrix_labels(std::string& svg, const Drawn& drawn, double size, double left, double top) {
  for (std::size_t i = 0; i < drawn.labels.size(); ++i) {
    const double middle = (static_cast<double>(i) + 0.5) * size;
    const std::string text = escaped(shortened(drawn.labels[i], kLabelCharacters)), title = escaped(drawn.labels[i]);
    put(svg, "<text x={:.1f} y={:.1f} text-anchor=end><title>{}</title>{}</text>", left - 6, top + middle + 4, title,
        text);
    put(svg, "<text transform='translate({:.1f} {:.1f}) rotate(-60)'><title>{}</title>{}</text>\n", left + middle + 3,
        top - 6, title, text);
  }
}

void matrix_cells(std::string& svg, const Drawn& drawn, double size, double left, double top) {
  for (const auto& [where, items] : drawn.cells) {
    const auto [truth, answer] = where;
    const double share =
        static_cast<double>(items) / static_cast<double>(std::max<std::int64_t>(1, drawn.support[truth]));
    const bool folded = drawn.folded > 0 && truth == answer && truth + 1 == drawn.labels.size();
    const char* kind = folded ? "many" : truth == answer ? "right" : "wrong";
    const double x = left + static_cast<double>(answer) * size, y = top + static_cast<double>(truth) * size;
    // The square root lets small shares be seen.
    put(svg, "<g><title>{} answered as {}: {} of {} ({:.1f} %)</title>", escaped(drawn.labels[truth]),
        escaped(drawn.labels[answer]), count(items), count(drawn.support[truth]), share * 100);
    put(svg, "<rect class={} x={:.1f} y={:.1f} width={:.1f} height={:.1f} fill-opacity={:.2f} />", kind, x + 0.5,
        y + 0.5, size - 1, size - 1, std::max(0.06, 0.85 * std::sqrt(share)));
    if (size >= 24 && items < 1000) {
      put(svg, "<text class=in x={:.1f} y={:.1f} text-anchor=middle>{}</text>", x + size / 2, y + size / 2 + 3.5,
          items);
    }
    svg += "</g>\n";
  }
}

}  // namespace

std::string reliability_diagram(const Evaluation& evaluation) {
  std::string svg;
  put(svg,
      "<figure class=beside><svg class=reliability viewBox='0 0 360 {:.0f}' role=img aria-labelledby=reliability-title>"
      "<title id=reliability-title>Reliability diagram: how often answers are right, by the probability that was "
      "stated</title>\n",
      kStripTop + kStrip + 26);
  reliability_axes(svg);
  reliability_bars(svg, evaluation.reliability);
  put(svg, "<path class=diagonal d='M{:.1f} {:.1f}L{:.1f} {:.1f}'/></svg>", kLeft, kTop + kSide, kLeft + kSide, kTop);
  svg +=
      "<figcaption><p>A bar that ends at the dashed line is honest: of the answers that state 0.8, eight of ten are "
      "right. "
      "Where it ends lower, the model is too sure of itself; where higher, too modest. The short line is the mean that "
      "was stated.</p><p>The strip below shows how many answers each bar stands for, on a logarithmic scale: a bar of "
      "few "
      "answers says little.</p>";
  return svg + reliability_figures(evaluation.reliability) + "</figcaption></figure>\n";
}

std::string confusion_matrix(const Evaluation& evaluation) {
  const Drawn drawn = fold(evaluation);
  if (drawn.labels.empty()) return "<p>There is nothing to draw.</p>";
  const double size = cell_size(drawn.labels.size()), side = size * static_cast<double>(drawn.labels.size());
  const double left = label_room(drawn), top = left * 0.87;  // the columns' labels lean by 60 degrees
  const double width = left + side + left * 0.5, height = top + side + 2;
  std::string svg;
  put(svg,
      "<figure><div class=scroll tabindex=0 role=region aria-label='Confusion matrix'><svg class=matrix viewBox='0 0 "
      "{0:.0f} {1:.0f}' "
      "width={0:.0f} height={1:.0f} role=img aria-labelledby=matrix-title><title id=matrix-title>Confusion matrix: "
      "rows are the true "
      "classes, columns the answers</title>\n",
      width, height);
  put(svg, "<rect class=ground x={:.1f} y={:.1f} width={:.1f} height={:.1f} />\n", left, top, side, side);
  for (std::size_t i = 5; i < drawn.labels.size(); i += 5) {
    const double at = static_cast<double>(i) * size;
    put(svg, "<path class=grid d='M{0:.1f} {1:.1f}h{2:.1f}M{3:.1f} {4:.1f}v{2:.1f}'/>", left, top + at, side, left + at,
        top);
  }
  matrix_labels(svg, drawn, size, left, top);
  matrix_cells(svg, drawn, size, left, top);
  svg +=
      "</svg></div><figcaption>A row is a true class, a column an answer; <span class=key-right>blue</span> is right, "
      "<span class=key-wrong>orange</span> is wrong, and the stronger the colour, the larger the share of the row. "
      "Point at a cell for its figures.";
  if (drawn.folded > 0) put(svg, " The {} rarest classes are folded into the last row and column.", drawn.folded);
  return svg + "</figcaption></figure>\n";
}

}  // namespace aisle::report
