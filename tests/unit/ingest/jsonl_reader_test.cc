#include "ingest/jsonl_reader.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/error.h"
#include "domain/limits.h"
#include "unit/ingest/reading.h"

namespace aisle {
namespace {

using testing_support::category_task;
using testing_support::read_text;
using testing_support::Row;
using testing_support::tags_task;

struct Case {
  const char* name;
  std::string line;
  std::string want;  // the title, or "!kind column"
};

class JsonlCases : public testing::TestWithParam<Case> {};

TEST_P(JsonlCases, D1_ReadsOrRefusesTheLineAndGoesOn) {
  const std::vector<Row> rows = read_text("{\"title\":\"before\"}\n" + GetParam().line + "\n{\"title\":\"after\"}\n",
                                          Format::kJsonl, category_task());
  ASSERT_EQ(rows.size(), 3U);
  const Row& row = rows[1];
  EXPECT_EQ(row.row, 2);
  const std::string got = row.problems.empty()
                              ? row.item.texts[0]
                              : "!" + std::string(to_string(row.problems[0].kind)) + " " + row.problems[0].column;
  EXPECT_EQ(got, GetParam().want) << (row.problems.empty() ? "" : row.problems[0].message);
  EXPECT_EQ(row.raw, GetParam().line);
  EXPECT_EQ(rows[2].item.texts[0], "after");
}

std::string nested(std::size_t depth) {
  return "{\"title\":\"a\",\"x\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

INSTANTIATE_TEST_SUITE_P(
    Table, JsonlCases,
    testing::Values(
        Case{"Plain", R"({"title":"a"})", "a"},
        Case{"Escapes", R"({"title":"\u00e9\ud83e\uded6\n\"\\\/"})", "é🫖\n\"\\/"},
        Case{"Spaces", R"(  { "title" : "a" }  )", "a"},
        Case{"UnknownKeys", R"({"price":1.5,"title":"a","more":{"title":"b"}})", "a"},
        Case{"NullIsAbsent", R"({"title":"a","label":null,"id":null})", "a"}, Case{"NotJson", "title", "!schema "},
        Case{"Cut", R"({"title":"a)", "!schema "}, Case{"CutAfterValue", R"({"title":"a")", "!schema "},
        Case{"TwoObjects", R"({"title":"a"}{"title":"b"})", "!schema "}, Case{"List", R"(["a"])", "!schema "},
        Case{"Number", "7", "!schema "}, Case{"ErrorInUnwantedValue", R"({"x":[1,,2],"title":"a"})", "!schema "},
        Case{"WordInUnwantedValue", R"({"x":tru,"title":"a"})", "!schema "},
        Case{"KeyTwice", R"({"title":"a","title":"b"})", "!schema title"},
        Case{"TitleIsNumber", R"({"title":5})", "!type title"},
        Case{"TitleIsList", R"({"title":["a"]})", "!type title"},
        Case{"TitleIsObject", R"({"title":{"a":1}})", "!type title"},
        Case{"LabelIsBoolean", R"({"title":"a","label":true})", "!type label"},
        Case{"LabelHasFraction", R"({"title":"a","label":1.5})", "!type label"},
        Case{"LabelListHoldsNull", R"({"title":"a","label":["x",null]})", "!type label"},
        Case{"TwoLabels", R"({"title":"a","label":["x","y"]})", "!invalid_label label"},
        Case{"IdIsList", R"({"title":"a","id":[1]})", "!type id"}, Case{"IdIsEmpty", R"({"title":"a","id":""})", "a"},
        Case{"WrongSplit", R"({"title":"a","split":"dev"})", "!type split"},
        Case{"HugeNumber", R"({"title":"a","x":1e999})", "!type "},
        Case{"HugeInteger", R"({"title":"a","id":123456789012345678901234567890})", "!type "},
        Case{"NotUtf8", "{\"title\":\"caf\xE9\"}", "!encoding "},
        Case{"RawNul", std::string("{\"title\":\"a\0b\"}", 15), "!encoding "},
        Case{"EscapedNul", R"({"title":"a\u0000b"})", "!encoding title"},
        Case{"RawTab", "{\"title\":\"a\tb\"}", "!encoding "},
        Case{"LoneSurrogate", R"({"title":"\ud800"})", "!encoding "},
        Case{"WrongEscape", R"({"title":"\x"})", "!encoding "}, Case{"DeepEnough", nested(limits::kJsonDepth - 2), "a"},
        Case{"TooDeep", nested(limits::kJsonDepth + 1), "!too_large "},
        Case{"VeryDeep", nested(100'000), "!too_large "}, Case{"NoField", R"({"name":"a"})", "!schema "},
        Case{"LongField", R"({"title":")" + std::string(limits::kFieldBytes + 1, 'a') + "\"}", "!too_large title"},
        Case{"LongId", R"({"title":"a","id":")" + std::string(limits::kIdBytes + 1, 'a') + "\"}", "!too_large id"}),
    [](const auto& one) { return one.param.name; });

TEST(JsonlReader, D1_EmptyLinesMarkAndWindowsLineEndsArePassedOver) {
  const std::vector<Row> rows =
      read_text("\xEF\xBB\xBF{\"title\":\"a\"}\r\n\r\n  \n{\"title\":\"b\"}", Format::kJsonl, category_task());
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].row, 4);
  EXPECT_TRUE(read_text("", Format::kJsonl, category_task()).empty());
}

TEST(JsonlReader, D1_ALineOverTheBoundIsRefusedAndTheNextOneRead) {
  const std::string text =
      "{\"title\":\"a\"}\n{\"title\":\"" + std::string(3 * limits::kRowBytes, 'a') + "\"}\n{\"title\":\"b\"}\n";
  for (const std::size_t piece : {1U << 12, 1U << 16, 1U << 30}) {
    const std::vector<Row> rows = read_text(text, Format::kJsonl, category_task(), {}, piece);
    ASSERT_EQ(rows.size(), 3U) << piece;
    EXPECT_EQ(rows[1].problems.at(0).kind, ProblemKind::kTooLarge);
    EXPECT_EQ(rows[1].row, 2);
    EXPECT_EQ(rows[2].item.texts.at(0), "b");
    EXPECT_EQ(rows[2].row, 3);
  }
}

TEST(JsonlReader, D1_UnknownKeysAreListed) {
  const auto reader = open_items(bytes_of("{\"title\":\"a\",\"b\":1}\n{\"title\":\"a\",\"c\":1,\"b\":2}\n"),
                                 Format::kJsonl, "items", category_task(), {});
  testing_support::read_all(*reader);
  EXPECT_EQ(reader->unused_columns(), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(reader->rejects_header(), "");
  const std::string line = "{\"title\":\"a\",\"" + std::string(1'000'000, 'k') + "\":1}\n";
  const auto hostile = open_items(bytes_of(line), Format::kJsonl, "items", category_task(), {});
  testing_support::read_all(*hostile);
  EXPECT_LT(hostile->unused_columns().at(0).size(), 100U);
}

// However large the blocks are and however the bytes arrive, workers see every line once, with its number.
RC_GTEST_PROP(BlockReader, D1_AnyBlockSizeGivesTheSameLines, ()) {
  const auto lines =
      *rc::gen::container<std::vector<std::string>>(rc::gen::container<std::string>(rc::gen::inRange('a', 'z')));
  std::string text;
  for (const std::string& line : lines) text += line + *rc::gen::element<std::string>("\n", "\r\n");
  BlockReader reader(bytes_of(text, *rc::gen::inRange<std::size_t>(1, 20)), "items",
                     *rc::gen::inRange<std::size_t>(1, 50));
  std::vector<std::string> got;
  LineBlock block;
  while (reader.next(block)) {
    RC_ASSERT(block.buffer.size() >= block.size_bytes + LineBlock::kPaddingBytes);
    LineCursor cursor(block.text(), block.first_line);
    std::string_view line;
    for (std::int64_t row = 0; cursor.next(line, row);) {
      got.emplace_back(line);
      RC_ASSERT(row == static_cast<std::int64_t>(got.size()));
    }
  }
  RC_ASSERT(got == lines);
  RC_ASSERT(reader.bytes_done() == text.size());
}

TEST(JsonlItemParser, P5_ParsesBlocksLikeTheReader) {
  std::string text;
  for (int i = 0; i < 1000; ++i)
    text += "{\"id\":" + std::to_string(i) + ",\"title\":\"t" + std::to_string(i) +
            "\",\"body\":\"b\",\"label\":[\"x\"]}\n" + (i % 7 == 0 ? "broken\n" : "");
  const std::vector<Row> want = read_text(text, Format::kJsonl, tags_task());
  BlockReader blocks(bytes_of(text), "items", 1000);
  JsonlItemParser parser(tags_task(), {}, "items");
  LineBlock block;
  std::size_t at = 0;
  while (blocks.next(block)) {
    parser.parse(block, [&](ReadResult& result) {
      ASSERT_LT(at, want.size());
      EXPECT_EQ(result.row, want[at].row);
      EXPECT_EQ(result.rejected(), !want[at].problems.empty());
      if (!result.rejected()) {
        EXPECT_EQ(result.item.id, want[at].item.id);
        EXPECT_EQ(result.item.texts, want[at].item.texts);
      }
      ++at;
    });
  }
  EXPECT_EQ(at, want.size());
}

}  // namespace
}  // namespace aisle
