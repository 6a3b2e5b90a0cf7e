// Broken rows of CSV, TSV and Stack Exchange results between good ones.
#include <algorithm>
#include <utility>

#include "abuse/read_case.h"
#include "core/random.h"
#include "domain/limits.h"

namespace aisle::abuse {
namespace {

using Cells = std::vector<std::string>;

constexpr std::size_t kRows = 5;

struct Shape {
  const char* suite;
  Format format;
  char delimiter;
  Task task;
  Cells header;
  std::size_t id, title, label;  // columns
};

std::vector<Shape> shapes() {
  return {{"Csv", Format::kCsv, ',', category_task(), {"id", "title", "body", "label", "group", "split"}, 0, 1, 3},
          {"Tsv", Format::kTsv, '\t', category_task(), {"id", "title", "body", "label", "group", "split"}, 0, 1, 3},
          {"CsvTags", Format::kCsv, ',', tags_task(), {"title", "id", "body", "label"}, 1, 0, 3},
          {"StackExchange", Format::kStackexchange, ',', tags_task(), {"Id", "Title", "Body", "Tags"}, 0, 1, 3}};
}

std::size_t column_of(const Shape& shape, const std::string& name) {
  return static_cast<std::size_t>(std::ranges::find(shape.header, name) - shape.header.begin());
}

std::string joined(const Cells& cells, char delimiter) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) line += (i == 0 ? "" : std::string(1, delimiter)) + cells[i];
  return line;
}

Cells good_cells(const Shape& shape, std::size_t i) {
  Cells cells(shape.header.size());
  cells[shape.id] = "g" + std::to_string(i);
  cells[shape.title] = "red shoe number " + std::to_string(i);
  cells[2] = "a shoe for walking on day " + std::to_string(i);
  cells[shape.label] = shape.format == Format::kStackexchange ? "<shoes><red>" : "shoes";
  if (cells.size() > 5) cells[5] = "train";
  return cells;
}

std::string good_line(const Shape& shape, std::size_t i) {
  return joined(good_cells(shape, i), shape.delimiter);
}
std::string good_id(std::size_t i) {
  return "g" + std::to_string(i);
}

// A file of good rows whose row `place` is `line`; the others are good.
struct OneBadRow {
  const Shape& shape;
  std::size_t place;

  ReadCase make(const std::string& name, std::function<std::string()> line, std::optional<ProblemKind> kind,
                std::optional<std::string> column) const {
    ReadCase wanted{.suite = shape.suite, .name = name, .format = shape.format, .task = shape.task};
    wanted.bytes = [copy = shape, place = place, line = std::move(line)] {
      std::string text = joined(copy.header, copy.delimiter) + "\n";
      for (std::size_t i = 0; i < kRows; ++i) text += (i == place ? line() : good_line(copy, i)) + "\n";
      return text;
    };
    for (std::size_t i = 0; i < kRows; ++i) {
      if (i != place) wanted.good_ids.push_back(good_id(i));
    }
    wanted.bad_rows = {{static_cast<std::int64_t>(place) + 2, kind, std::move(column)}};
    return wanted;
  }
};

std::function<std::string()> with_cell(const Shape& shape, std::size_t column, std::function<std::string()> value) {
  return [shape, column, value = std::move(value)] {
    Cells cells = good_cells(shape, 9);
    cells[column] = value();
    return joined(cells, shape.delimiter);
  };
}

std::function<std::string()> text(std::string value) {
  return [value = std::move(value)] { return value; };
}
std::function<std::string()> letters(std::size_t count) {
  return [count] { return std::string(count, 'x'); };
}

void add_encodings(const Shape& shape) {
  for (const std::size_t place : {std::size_t{0}, kRows / 2, kRows - 1}) {
    for (std::size_t column = 0; column < shape.header.size(); ++column) {
      for (const NamedBytes& broken : broken_utf8()) {
        // All in the middle; at the ends of the file the text columns are enough.
        if (place != kRows / 2 && column != shape.title && column + 1 != shape.header.size()) continue;
        const std::string name =
            std::string("encoding_") + broken.name + "_in_" + shape.header[column] + "_row" + std::to_string(place);
        ReadCase wanted = OneBadRow{shape, place}.make(name, with_cell(shape, column, text(broken.bytes)),
                                                       ProblemKind::kEncoding, shape.header[column]);
        wanted.piece_bytes = column % 2 == 0 ? 1 << 16 : 7;
        add_read_case(std::move(wanted));
      }
    }
  }
}

void add_cell_counts(const Shape& shape) {
  const std::string delimiter(1, shape.delimiter);
  for (const std::size_t place : {std::size_t{0}, std::size_t{2}, kRows - 1}) {
    const std::string at = "_row" + std::to_string(place);
    const OneBadRow bad{shape, place};
    for (std::size_t count = 1; count < shape.header.size(); ++count) {
      Cells cells = good_cells(shape, 9);
      cells.resize(count);
      cells[0] = "x";
      add_read_case(bad.make("cells_" + std::to_string(count) + at, text(joined(cells, shape.delimiter)),
                             ProblemKind::kSchema, std::nullopt));
    }
    for (const std::size_t more : {std::size_t{1}, std::size_t{7}, limits::kColumns, std::size_t{1'000'000}}) {
      add_read_case(bad.make(
          "cells_and_" + std::to_string(more) + "_more" + at,
          [shape, more, delimiter] {
            std::string line = good_line(shape, 9);
            for (std::size_t i = 0; i < more; ++i) line += delimiter;
            return line;
          },
          ProblemKind::kSchema, std::nullopt));
    }
    add_read_case(
        bad.make("only_separators" + at, text(std::string(50, shape.delimiter)), ProblemKind::kSchema, std::nullopt));
  }
}

void add_quotes(const Shape& shape) {
  for (const std::size_t place : {std::size_t{0}, std::size_t{2}, kRows - 1}) {
    const std::string at = "_row" + std::to_string(place);
    const OneBadRow bad{shape, place};
    for (std::size_t column = 0; column < shape.header.size(); ++column) {
      const std::string in = "_in_" + shape.header[column] + at;
      add_read_case(bad.make("quote_unclosed" + in, with_cell(shape, column, text("\"no end")), ProblemKind::kSchema,
                             shape.header[column]));
      add_read_case(bad.make("quote_then_text" + in, with_cell(shape, column, text("\"a\"b")), ProblemKind::kSchema,
                             shape.header[column]));
      add_read_case(bad.make("quote_then_space" + in, with_cell(shape, column, text("\"a\" ")), ProblemKind::kSchema,
                             shape.header[column]));
      add_read_case(bad.make("quotes_odd" + in, with_cell(shape, column, text("\"\"\"")), ProblemKind::kSchema,
                             shape.header[column]));
    }
  }
}

// A value at its bound is taken, one over it is refused with its column.
void add_bound(const Shape& shape, const std::string& column, std::size_t bound, ProblemKind kind,
               const std::string& what) {
  const std::size_t at = column_of(shape, column);
  if (at == shape.header.size()) return;
  const OneBadRow bad{shape, 2};
  for (const std::size_t over : {bound + 1, bound * 2}) {
    add_read_case(bad.make(what + "_of_" + std::to_string(over), with_cell(shape, at, letters(over)), kind, column));
  }
  for (const std::size_t fits : {bound, bound - 1}) {
    ReadCase wanted =
        bad.make(what + "_of_" + std::to_string(fits) + "_fits", with_cell(shape, at, letters(fits)), kind, column);
    wanted.bad_rows.clear();
    wanted.good_ids.insert(wanted.good_ids.begin() + 2, at == shape.id ? std::string(fits, 'x') : good_id(9));
    add_read_case(std::move(wanted));
  }
}

void add_bounds(const Shape& shape) {
  add_bound(shape, shape.header[shape.id], limits::kIdBytes, ProblemKind::kTooLarge, "id");
  add_bound(shape, shape.header[shape.title], limits::kFieldBytes, ProblemKind::kTooLarge, "title");
  add_bound(shape, shape.header[2], limits::kFieldBytes, ProblemKind::kTooLarge, "body");
  add_bound(shape, shape.header[shape.label], limits::kLabelBytes, ProblemKind::kInvalidLabel, "label");
  add_bound(shape, "group", limits::kIdBytes, ProblemKind::kTooLarge, "group");
  const OneBadRow bad{shape, 2};
  for (const std::size_t size : {limits::kRowBytes, limits::kRowBytes + 1, 2 * limits::kRowBytes + 3}) {
    add_read_case(bad.make("row_of_" + std::to_string(size) + "_and_more", with_cell(shape, shape.title, letters(size)),
                           ProblemKind::kTooLarge, std::nullopt));
    add_read_case(bad.make("row_of_" + std::to_string(size) + "_in_open_quotes",
                           with_cell(shape, shape.title, [size] { return "\"" + std::string(size, 'x'); }),
                           std::nullopt, std::nullopt));
  }
  if (shape.task.kind != TaskKind::kTags) return;
  for (const std::size_t labels : {limits::kLabelsPerItem, limits::kLabelsPerItem + 1, std::size_t{100'000}}) {
    const bool fits = labels <= limits::kLabelsPerItem;
    ReadCase wanted = bad.make("labels_" + std::to_string(labels),
                               with_cell(shape, shape.label,
                                         [labels] {
                                           std::string cell;
                                           for (std::size_t i = 0; i < labels; ++i)
                                             cell += (i == 0 ? "t" : "|t") + std::to_string(i);
                                           return cell;
                                         }),
                               ProblemKind::kInvalidLabel, shape.header[shape.label]);
    if (fits) wanted.bad_rows.clear();
    if (fits) wanted.good_ids.insert(wanted.good_ids.begin() + 2, good_id(9));
    add_read_case(std::move(wanted));
  }
}

void add_values(const Shape& shape) {
  const OneBadRow bad{shape, 2};
  const auto add = [&](const std::string& name, const std::string& column, const std::string& value, ProblemKind kind) {
    const std::size_t at = column_of(shape, column);
    if (at < shape.header.size()) add_read_case(bad.make(name, with_cell(shape, at, text(value)), kind, column));
  };
  const std::vector<std::pair<std::string, std::string>> splits = {
      {"unknown", "dev"},
      {"upper", "TRAIN"},
      {"number", "1"},
      {"list", "train|test"},
      {"long", std::string(5000, 's')},
      {"accents", std::string(79, 'a') + "\xC3\xA9\xC3\xA9"},
      {"nan", "NaN"},
      {"minus", "-1"}};
  for (const auto& [name, value] : splits) add("split_" + name, "split", value, ProblemKind::kType);
  for (int control = 1; control < 0x20; ++control) {
    if (control == '\t' || control == '\n' || control == '\r') continue;
    const std::string value = std::string("a") + static_cast<char>(control) + "b";
    const std::string name = "control_" + std::to_string(control);
    add(name + "_in_id", shape.header[shape.id], value, ProblemKind::kEncoding);
    add(name + "_in_label", shape.header[shape.label], value, ProblemKind::kInvalidLabel);
    if (control < 4) add(name + "_in_group", "group", value, ProblemKind::kEncoding);
  }
  add("line_break_in_label", shape.header[shape.label], "\"a\nb\"", ProblemKind::kInvalidLabel);
  add("delete_in_id", shape.header[shape.id], "a\x7F", ProblemKind::kEncoding);
}

// Cuts, flips and insertions at random places: what stands before the change is read.
void add_random(const Shape& shape) {
  constexpr std::size_t kEach = 25;
  Random random(hash64(shape.suite, 7));
  std::string whole = joined(shape.header, shape.delimiter) + "\n";
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i < kRows; ++i) {
    whole += (i % 2 == 0 ? good_line(shape, i)
                         : joined(
                               [&] {
                                 Cells cells = good_cells(shape, i);
                                 cells[2] = "\"a \"\"quoted\"\" text,\nof two lines\"";
                                 return cells;
                               }(),
                               shape.delimiter)) +
             "\n";
    ends.push_back(whole.size());
  }
  const std::size_t header_end = whole.find('\n') + 1;
  const auto add = [&](const std::string& name, std::size_t at, std::string changed) {
    ReadCase wanted{.suite = shape.suite,
                    .name = name,
                    .format = shape.format,
                    .task = shape.task,
                    .bytes = text(std::move(changed)),
                    .outcome = Outcome::kAny};
    wanted.piece_bytes = 1 + random.below(40);
    for (std::size_t i = 0; i < kRows && ends[i] <= at; ++i) wanted.good_ids.push_back(good_id(i));
    add_read_case(std::move(wanted));
  };
  using namespace std::string_view_literals;
  static constexpr std::string_view kNasty = "\"\"\"\n\r\t,;|\0\xFF\xEF\xBB\xBF\xC3\x7F\x1A"sv;
  for (std::size_t i = 0; i < kEach; ++i) {
    const std::size_t at = header_end + random.below(whole.size() - header_end);
    add("cut_at_" + std::to_string(i), at, whole.substr(0, at));
    std::string flipped = whole;
    const std::size_t flip = header_end + random.below(whole.size() - header_end);
    flipped[flip] = static_cast<char>(flipped[flip] ^ (1 << random.below(8)));
    add("flip_" + std::to_string(i), flip, std::move(flipped));
    std::string nasty = whole;
    const std::size_t put = header_end + random.below(whole.size() - header_end);
    nasty.insert(put, 1, kNasty[random.below(kNasty.size())]);
    add("insert_" + std::to_string(i), put, std::move(nasty));
    std::string shuffled = whole;
    const std::size_t from = header_end + random.below(whole.size() - header_end);
    for (std::size_t j = from; j < shuffled.size(); ++j) shuffled[j] = static_cast<char>(random.next());
    add("noise_" + std::to_string(i), from, std::move(shuffled));
  }
}

}  // namespace

void add_delimited_cases() {
  for (const Shape& shape : shapes()) {
    add_encodings(shape);
    add_cell_counts(shape);
    add_quotes(shape);
    add_bounds(shape);
    add_values(shape);
    add_random(shape);
  }
}

}  // namespace aisle::abuse
