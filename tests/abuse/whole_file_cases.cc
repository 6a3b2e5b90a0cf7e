// Files that are wrong as a whole: empty, another encoding, another format, a broken header, a path that is no file.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "abuse/guarded_case.h"
#include "abuse/read_case.h"
#include "domain/limits.h"
#include "support/temporary_folder.h"

namespace aisle::abuse {
namespace {

using namespace std::string_literals;

constexpr Format kFormats[] = {Format::kCsv, Format::kTsv, Format::kStackexchange, Format::kJsonl};

std::function<std::string()> text(std::string value) {
  return [value = std::move(value)] { return value; };
}

void add_refused(const std::string& name, Format format, std::function<std::string()> bytes,
                 std::size_t piece_bytes = 1 << 16) {
  ReadCase wanted{.suite = "Whole",
                  .name = std::string(to_string(format)) + "_" + name,
                  .format = format,
                  .task = category_task(),
                  .bytes = std::move(bytes)};
  wanted.outcome = Outcome::kRefused;
  wanted.piece_bytes = piece_bytes;
  add_read_case(std::move(wanted));
}

void add_any(const std::string& name, Format format, std::function<std::string()> bytes) {
  ReadCase wanted{.suite = "Whole",
                  .name = std::string(to_string(format)) + "_" + name,
                  .format = format,
                  .task = category_task(),
                  .bytes = std::move(bytes)};
  wanted.outcome = Outcome::kAny;
  add_read_case(std::move(wanted));
}

std::string header_of(Format format) {
  return format == Format::kTsv             ? "id\ttitle\tbody\tlabel\n"
         : format == Format::kStackexchange ? "Id,Title,Body,Tags\n"
         : format == Format::kCsv           ? "id,title,body,label\n"
                                            : "";
}

std::string good_file(Format format) {
  if (format == Format::kJsonl)
    return R"({"id":"1","title":"red shoe","body":"x","label":"shoes"})"
           "\n";
  return header_of(format) + (format == Format::kTsv ? "1\tred shoe\tx\tshoes\n" : "1,red shoe,x,shoes\n");
}

// `width` bytes a character, high byte first or last.
std::string widened(const std::string& ascii, std::size_t width, bool high_first, bool marked) {
  std::string wide;
  const auto add = [&](const std::string& low_bytes) {
    std::string unit = low_bytes + std::string(width - low_bytes.size(), '\0');
    if (high_first) std::ranges::reverse(unit);
    wide += unit;
  };
  if (marked) add("\xFF\xFE");
  for (const char c : ascii) add(std::string(1, c));
  return wide;
}

void add_encodings() {
  for (const Format format : kFormats) {
    for (const std::size_t width : {std::size_t{2}, std::size_t{4}}) {
      for (const bool high_first : {false, true}) {
        for (const bool marked : {false, true}) {
          const std::string name =
              "utf" + std::to_string(width * 8) + (high_first ? "be" : "le") + (marked ? "_marked" : "");
          add_refused(name, format, text(widened(good_file(format), width, high_first, marked)));
          add_refused(name + "_in_pieces", format, text(widened(good_file(format), width, high_first, marked)), 1);
        }
      }
    }
    add_any("two_marks", format, text("\xEF\xBB\xBF\xEF\xBB\xBF" + good_file(format)));
    add_any("mark_alone", format, text("\xEF\xBB\xBF"));
    add_any("half_a_mark", format, text("\xEF\xBB"));
    add_any("all_nul", format, text(std::string(100'000, '\0')));
  }
}

void add_headers() {
  for (const Format format : {Format::kCsv, Format::kTsv, Format::kStackexchange}) {
    const std::string separator = format == Format::kTsv ? "\t" : ",";
    const std::string row = "1" + separator + "x\n";
    add_refused("empty", format, text(""));
    add_refused("only_line_ends", format, text("\n\r\n\n\r\r"));
    add_refused("only_a_mark", format, text("\xEF\xBB\xBF"));
    add_refused("no_wanted_column", format, text("a" + separator + "b\n" + row));
    add_refused("no_header", format, text("1" + separator + "red shoe" + separator + "x" + separator + "shoes\n"));
    add_refused("one_field_missing", format, text("id" + separator + "title\n" + row));
    for (const char* twice : {"title", "body", "id", "label"})
      add_refused(
          std::string("column_twice_") + twice, format,
          text("title" + separator + "body" + separator + "id" + separator + "label" + separator + twice + "\n"));
    add_refused("title_twice_in_two_cases",
                format == Format::kStackexchange ? format
                : Format::kCsv == format         ? format
                                                 : Format::kTsv,
                text("title" + separator + "title" + separator + "body\n"));
    add_refused("quote_unclosed", format, text("\"id" + separator + "title" + separator + "body\n" + row));
    add_refused("quote_then_text", format, text("\"id\"x" + separator + "title" + separator + "body\n" + row));
    add_refused("semicolons", format, text("id;title;body;label\n1;x;y;z\n"));
    add_refused("pipes", format, text("id|title|body|label\n1|x|y|z\n"));
    for (const NamedBytes& broken : broken_utf8())
      add_refused(std::string("header_") + broken.name, format,
                  text("id" + separator + "title" + separator + "body" + separator + broken.bytes + "\n" + row));
    for (const std::size_t columns : {limits::kColumns + 1, std::size_t{1'000'000}, std::size_t{9'000'000}}) {
      add_refused("columns_" + std::to_string(columns), format, [separator, columns] {
        std::string line = "id" + separator + "title" + separator + "body";
        for (std::size_t i = 3; i < columns; ++i) line += separator;
        return line + "\n";
      });
    }
    add_refused("header_over_its_bound", format, [separator] {
      return "id" + separator + "title" + separator + "body" + separator + std::string(limits::kRowBytes + 1, 'c') +
             "\n";
    });
    add_refused("header_without_end", format, [] { return std::string(3 * limits::kRowBytes, 'c'); });
    add_refused("header_of_quotes", format, [] { return std::string(2 * limits::kRowBytes, '"'); });
    add_refused("long_names_with_accents", format,
                text("n" + std::string(50, 'a') + separator + std::string(79, 'b') + "\xC3\xA9\xC3\xA9\n"));
  }
}

void add_foreign_formats() {
  const std::vector<NamedBytes> files = {{"png", "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\1"s},
                                         {"jpeg", "\xFF\xD8\xFF\xE0\0\x10JFIF\0"s},
                                         {"gzip", "\x1F\x8B\x08\0\0\0\0\0\0\x03"s},
                                         {"zip", "PK\x03\x04\x14\0\x08\0"s},
                                         {"sqlite", "SQLite format 3\0\x10\0\x01\x01"s},
                                         {"elf",
                                          "\x7F"
                                          "ELF\x02\x01\x01\0"s},
                                         {"pdf", "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"s},
                                         {"xlsx", "PK\x03\x04\x14\0\x06\0[Content_Types].xml"s},
                                         {"parquet", "PAR1\x15\x04\x15"s},
                                         {"html", "<!DOCTYPE html>\n<html><body>404</body></html>\n"s},
                                         {"xml", "<?xml version=\"1.0\"?>\n<row Title=\"x\" Body=\"y\"/>\n"s},
                                         {"yaml", "---\ntitle: x\nbody: y\n"s},
                                         {"json_list", "[{\"title\":\"x\",\"body\":\"y\"},\n{\"title\":\"x\"}]\n"s},
                                         {"json_pretty", "{\n  \"title\": \"x\",\n  \"body\": \"y\"\n}\n"s},
                                         {"prose", "Dear Sir,\n\nthank you for your letter.\n"s},
                                         {"fasttext", "__label__a red shoe\n__label__b hammer\n"s}};
  for (const Format format : kFormats) {
    for (const NamedBytes& file : files) {
      if (format == Format::kJsonl) {
        add_any(file.name, format, text(file.bytes));
      } else {
        add_refused(file.name, format, text(file.bytes));
      }
    }
  }
  ReadCase csv_as_jsonl{.suite = "Whole",
                        .name = "csv_as_jsonl",
                        .format = Format::kJsonl,
                        .task = category_task(),
                        .bytes = text(good_file(Format::kCsv))};
  csv_as_jsonl.bad_rows = {{1, ProblemKind::kSchema, std::nullopt}, {2, ProblemKind::kSchema, std::nullopt}};
  add_read_case(std::move(csv_as_jsonl));
}

void add_shapes() {
  for (const Format format : kFormats) {
    add_any("lines_of_one_byte", format, [format] {
      return good_file(format) + [] {
        std::string text;
        for (int i = 0; i < 300'000; ++i) text += "x\n";
        return text;
      }();
    });
    add_any("empty_lines", format, [format] { return good_file(format) + std::string(3'000'000, '\n'); });
    add_any("carriage_returns", format, [format] { return good_file(format) + std::string(3'000'000, '\r'); });
    add_any("quotes", format, [format] { return good_file(format) + std::string(3'000'001, '"'); });
    add_any("quoted_lines", format, [format] {
      return good_file(format) + [] {
        std::string text;
        for (int i = 0; i < 200'000; ++i) text += "\"\n";
        return text;
      }();
    });
    add_any("open_quotes_on_every_line", format, [format] {
      return good_file(format) + [] {
        std::string text;
        for (int i = 0; i < 200'000; ++i) text += "x,\"\"y\n\"z";
        return text;
      }();
    });
    add_any("separators", format,
            [format] { return good_file(format) + std::string(9'000'000, format == Format::kTsv ? '\t' : ','); });
    add_any("open_lists", format, [format] { return good_file(format) + std::string(9'000'000, '['); });
    add_any("backslashes", format,
            [format] { return good_file(format) + "{\"title\":\"" + std::string(4'000'001, '\\') + "\"}\n"; });
    add_any("no_line_end_at_all", format, [format] { return good_file(format) + std::string(30'000'000, 'x'); });
  }
}

// What the command line says about the columns is wrong.
void add_maps() {
  struct Map {
    const char* name;
    ColumnMap map;
  };
  const std::vector<Map> maps = {{"unknown_target", {{"title", "colour"}}},
                                 {"target_twice", {{"title", "body"}, {"body", "body"}}},
                                 {"column_twice", {{"title", "body"}, {"title", "title"}}},
                                 {"empty_target", {{"title", ""}}},
                                 {"nul_target", {{"title", "ti\0tle"s}}},
                                 {"long_target", {{"title", std::string(100'000, 't')}}}};
  for (const Map& map : maps) {
    add_case("Map", map.name, [map] {
      ReadOptions options;
      options.map = map.map;
      run_guarded(map.name, {}, [&] {
        try {
          open_items(bytes_of("id,title,body\n1,x,y\n"), Format::kCsv, kFileName, category_task(), options);
          ADD_FAILURE() << "is taken";
        } catch (const Error& error) {
          EXPECT_EQ(error.code(), ErrorCode::kUsage);
          EXPECT_GE(std::string(error.what()).size(), 20U);
        }
      });
    });
  }
  const char* const kTexts[] = {"x", "=",     "a=", "=b",  "a=b,", ",a=b", "a=b,,c=d",
                                "a", "a=b,c", ",",  "===", "a=b=", "\xFF"};
  int number = 0;
  for (const char* const map_text : kTexts) {
    add_case("Map", "text_" + std::to_string(number++), [map_text] {
      try {
        for (const auto& [from, to] : parse_column_map(map_text)) EXPECT_FALSE(from.empty() || to.empty());
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kUsage);
        expect_clear_message(error.what());
      }
    });
  }
  for (const char* format : {"", "CSV", "csv ", "xml", "parquet", "auto,csv", "\xFF\xFE"}) {
    add_case("Map", "format_" + std::to_string(number++), [format] {
      try {
        parse_format(format);
        ADD_FAILURE() << "is taken";
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kUsage);
      }
    });
  }
}

// Things with a path that are no readable file.
void add_paths() {
  struct Place {
    const char* name;
    std::function<std::string(const std::filesystem::path&)> make;
  };
  const std::vector<Place> places = {
      {"missing", [](const auto& folder) { return (folder / "missing.csv").string(); }},
      {"folder", [](const auto& folder) { return folder.string(); }},
      {"folder_missing", [](const auto& folder) { return (folder / "no" / "file.csv").string(); }},
      {"file_as_folder",
       [](const auto& folder) {
         std::ofstream(folder / "f") << "x";
         return (folder / "f" / "file.csv").string();
       }},
      {"name_too_long", [](const auto& folder) { return (folder / std::string(5000, 'n')).string(); }},
      {"link_to_itself",
       [](const auto& folder) {
         std::filesystem::create_symlink("loop.csv", folder / "loop.csv");
         return (folder / "loop.csv").string();
       }},
      {"link_to_nothing",
       [](const auto& folder) {
         std::filesystem::create_symlink("nothing", folder / "dangling.csv");
         return (folder / "dangling.csv").string();
       }},
      {"empty_name", [](const auto&) { return std::string(); }},
      {"broken_utf8_name", [](const auto& folder) { return (folder / "caf\xE9.csv").string(); }},
      {"empty_file",
       [](const auto& folder) {
         std::ofstream file(folder / "empty.csv");
         return (folder / "empty.csv").string();
       }},
      {"dev_null", [](const auto&) { return std::string("/dev/null"); }},
  };
  for (const Place& place : places) {
    for (const Format format : {Format::kCsv, Format::kTsv, Format::kStackexchange}) {
      add_case("Path", std::string(place.name) + "_as_" + std::string(to_string(format)), [place, format] {
        const TemporaryFolder folder;
        const std::string source = place.make(folder.path());
        run_guarded(place.name, {}, [&] {
          try {
            open_items(InputGroup{format, {source}}, category_task(), {});
            ADD_FAILURE() << "is read";
          } catch (const Error& error) {
            EXPECT_GE(std::string(error.what()).size(), 12U) << error.what();
            EXPECT_LE(std::string(error.what()).size(), 12'000U);
          }
        });
      });
    }
    add_case("Path", std::string(place.name) + "_detected", [place] {
      const TemporaryFolder folder;
      const std::string source = place.make(folder.path());
      run_guarded(place.name, {}, [&] {
        try {
          detect_format(source);
        } catch (const Error& error) {
          EXPECT_GE(std::string(error.what()).size(), 12U) << error.what();
        }
      });
    });
  }
}

}  // namespace

void add_whole_file_cases() {
  add_encodings();
  add_headers();
  add_foreign_formats();
  add_shapes();
  add_maps();
  add_paths();
}

}  // namespace aisle::abuse
