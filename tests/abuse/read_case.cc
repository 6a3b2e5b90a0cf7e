#include "abuse/read_case.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "abuse/guarded_case.h"

namespace aisle::abuse {
namespace {

using namespace std::string_literals;

struct Outcomes {
  std::vector<std::string> ids;
  std::vector<Problem> problems;  // the first of each rejected row
  std::optional<Error> error;
};

Outcomes read(const ReadCase& wanted, std::string_view bytes) {
  Outcomes seen;
  try {
    const auto reader =
        open_items(bytes_of(bytes, wanted.piece_bytes), wanted.format, kFileName, wanted.task, wanted.options);
    ReadResult result;
    while (reader->next(result)) {
      if (!result.rejected()) {
        EXPECT_EQ(result.item.texts.size(), wanted.task.text_fields.size());
        seen.ids.push_back(result.item.id);
        continue;
      }
      for (const Problem& problem : result.problems) {
        EXPECT_EQ(problem.file, kFileName);
        EXPECT_GE(problem.row, 1);
        EXPECT_EQ(severity_of(problem.kind), Severity::kRejected);
        expect_clear_message(problem.message);
      }
      seen.problems.push_back(result.problems.front());
    }
    for (const std::string& column : reader->unused_columns()) EXPECT_LE(column.size(), 8U << 20);
  } catch (const Error& error) {
    expect_clear(error, kFileName);
    seen.error = error;
  }
  return seen;
}

void expect_rows(const ReadCase& wanted, const Outcomes& seen) {
  if (seen.error) ADD_FAILURE() << "refuses the file: " << describe(*seen.error);
  EXPECT_EQ(seen.ids, wanted.good_ids);
  EXPECT_EQ(seen.problems.size(), wanted.bad_rows.size());
  for (std::size_t i = 0; i < std::min(seen.problems.size(), wanted.bad_rows.size()); ++i) {
    const BadRow& bad = wanted.bad_rows[i];
    const Problem& problem = seen.problems[i];
    EXPECT_EQ(problem.row, bad.row) << problem.message;
    EXPECT_EQ(to_string(problem.kind), to_string(bad.kind.value_or(problem.kind))) << problem.message;
    EXPECT_EQ(problem.column, bad.column.value_or(problem.column)) << problem.message;
  }
}

void expect_at_least(const ReadCase& wanted, const Outcomes& seen) {
  const std::size_t shared = std::min(seen.ids.size(), wanted.good_ids.size());
  EXPECT_EQ(std::vector<std::string>(seen.ids.begin(), seen.ids.begin() + static_cast<std::ptrdiff_t>(shared)),
            wanted.good_ids);
}

}  // namespace

void add_read_case(ReadCase wanted) {
  const std::string suite = wanted.suite, name = wanted.name;
  add_case(suite, name, [wanted = std::move(wanted)] {
    const std::string bytes = wanted.bytes();
    // The readers hold one record, and simdjson about fourteen bytes for each of it.
    run_guarded(wanted.suite + "." + wanted.name, {}, [&] {
      const Outcomes seen = read(wanted, bytes);
      switch (wanted.outcome) {
        case Outcome::kRows:
          return expect_rows(wanted, seen);
        case Outcome::kRefused:
          EXPECT_TRUE(seen.error.has_value()) << "is read as if it were good";
          return;
        case Outcome::kAny:
          return expect_at_least(wanted, seen);
      }
    });
  });
}

const std::vector<NamedBytes>& broken_utf8() {
  static const std::vector<NamedBytes> kBroken = {
      {"latin1_e_acute", "caf\xE9 noir"s},
      {"windows_1252_quote", "\x93quoted\x94"s},
      {"lone_continuation", "a\x80z"s},
      {"byte_ff", "a\xFFz"s},
      {"byte_fe", "a\xFEz"s},
      {"overlong_slash_2", "a\xC0\xAFz"s},
      {"overlong_slash_3", "a\xE0\x80\xAFz"s},
      {"overlong_slash_4", "a\xF0\x80\x80\xAFz"s},
      {"overlong_nul", "a\xC0\x80z"s},
      {"surrogate_high", "a\xED\xA0\x80z"s},
      {"surrogate_pair_cesu8", "a\xED\xA0\xBD\xED\xB8\x80z"s},
      {"over_10ffff", "a\xF4\x90\x80\x80z"s},
      {"five_bytes", "a\xF8\x88\x80\x80\x80z"s},
      {"cut_2", "a\xC3"s},
      {"cut_3", "a\xE2\x82"s},
      {"cut_4", "a\xF0\x9F\x98"s},
      {"lead_then_letter", "a\xE2zz"s},
      {"shift_jis", "\x93\xFA\x96\x7B"s},
      {"nul", "a\0z"s},
      {"utf16_word", "a\0b\0"s},
  };
  return kBroken;
}

Task category_task() {
  return {.name = "goods", .kind = TaskKind::kCategory, .text_fields = {"title", "body"}};
}
Task tags_task() {
  return {.name = "questions", .kind = TaskKind::kTags, .text_fields = {"title", "body"}};
}
Task picture_task() {
  return {.name = "shop", .kind = TaskKind::kCategory, .text_fields = {"title"}, .image_field = "image"};
}

}  // namespace aisle::abuse
