#include "ingest/csv_reader.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/error.h"
#include "domain/limits.h"
#include "ingest/csv_write.h"
#include "unit/ingest/reading.h"

namespace aisle {
namespace {

using testing_support::category_task;
using testing_support::read_text;
using testing_support::Row;
using testing_support::tags_task;

std::vector<std::string> titles(const std::vector<Row>& rows) {
  std::vector<std::string> texts;
  for (const Row& row : rows)
    texts.push_back(row.problems.empty() ? row.item.texts.front()
                                         : "!" + std::string(to_string(row.problems.front().kind)));
  return texts;
}

struct Case {
  const char* name;
  std::string text;
  std::vector<std::string> titles;  // "!kind" for a rejected row
};

class CsvCases : public testing::TestWithParam<Case> {};

TEST_P(CsvCases, D1_ReadsTheTitles) {
  EXPECT_EQ(titles(read_text(GetParam().text, Format::kCsv, category_task())), GetParam().titles);
}

TEST_P(CsvCases, D1_ReadsTheSameInPiecesOfAnySize) {
  for (const std::size_t piece : {1U, 2U, 3U, 7U}) {
    EXPECT_EQ(titles(read_text(GetParam().text, Format::kCsv, category_task(), {}, piece)), GetParam().titles) << piece;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, CsvCases,
    testing::Values(
        Case{"Plain", "title,label\na,x\nb,y\n", {"a", "b"}},
        Case{"NoLastLineEnd", "title,label\na,x\nb,y", {"a", "b"}},
        Case{"WindowsLineEnds", "title,label\r\na,x\r\nb,y\r\n", {"a", "b"}},
        Case{"OldMacLineEnds", "title,label\ra,x\rb,y\r", {"a", "b"}},
        Case{"Mark", "\xEF\xBB\xBFtitle,label\na,x\n", {"a"}},
        Case{"EmptyLines", "title,label\n\na,x\n\r\n\nb,y\n\n\n", {"a", "b"}},
        Case{"LineBreakInQuotes", "title,label\n\"a\nb\r\nc\",x\nd,y\n", {"a\nb\r\nc", "d"}},
        Case{"DoubledQuotes", "title,label\n\"a \"\"b\"\" c\",x\n\"\"\"\",y\n\"\",z\n", {"a \"b\" c", "\"", ""}},
        Case{"CommaInQuotes", "title,label\n\"a,b\",x\n", {"a,b"}},
        Case{"QuoteInsideIsPlain", "title,label\n5\" disk,x\n", {"5\" disk"}},
        Case{"SpacesAreKept", "title,label\n  a ,x\n", {"  a "}}, Case{"HeaderAlone", "title,label\n", {}},
        Case{"TooFewCells", "title,label\na\nb,y\n", {"!schema", "b"}},
        Case{"TooManyCells", "title,label\na,x,z\nb,y\n", {"!schema", "b"}},
        Case{"TextAfterQuote", "title,label\n\"he said \"no\" twice\",x\nb,y\n", {"!schema", "b"}},
        Case{"UnclosedQuote", "title,label\n\"a,x\nb,y\nc,z\n", {"!schema", "b", "c"}},
        Case{"UnclosedQuoteAtEnd", "title,label\na,x\n\"b,y", {"a", "!schema"}},
        Case{"TwoStrayQuotes", "title,label\n\"a,x\nb,y\n\"c,z\nd,w\n", {"!schema", "b", "!schema", "d"}},
        Case{"NotUtf8", "title,label\ncaf\xE9,x\nb,y\n", {"!encoding", "b"}},
        Case{"Nul", std::string("title,label\na\0b,x\nb,y\n", 22), {"!encoding", "b"}},
        Case{"Utf8", "title,label\ncafé 茶 🫖,x\n", {"café 茶 🫖"}}),
    [](const auto& one) { return one.param.name; });

TEST(CsvReader, D1_NamesRowAndColumnOfAProblem) {
  const std::vector<Row> rows =
      read_text("title,label\n\"a\nb\",x\ncaf\xE9,x\n\xC0,\"y\n", Format::kCsv, category_task());
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].row, 2);
  EXPECT_EQ(rows[1].row, 4);
  EXPECT_EQ(rows[1].problems.at(0).column, "title");
  EXPECT_EQ(rows[1].problems.at(0).row, 4);
  EXPECT_EQ(rows[1].problems.at(0).file, "items");
  EXPECT_NE(rows[1].problems.at(0).message.find("byte 4 (0xE9)"), std::string::npos);
  EXPECT_NE(rows[1].problems.at(0).message.find("iconv"), std::string::npos);
  EXPECT_EQ(rows[1].raw, "caf\xE9,x");
  EXPECT_EQ(rows[2].problems.at(0).column, "label");
}

TEST(CsvReader, D1_RefusesUtf16WithWhatToDo) {
  for (const std::string& text :
       {std::string("\xFF\xFEt\0i\0", 6), std::string("\xFE\xFF\0t\0i", 6), std::string("t\0i\0t\0l\0e\0", 10)}) {
    try {
      read_text(text, Format::kCsv, category_task());
      ADD_FAILURE() << "UTF-16 was read";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
      EXPECT_NE(std::string(error.what()).find("iconv -f UTF-16"), std::string::npos);
    }
  }
}

TEST(CsvReader, D1_AnUnclosedQuoteCostsOneRowAlsoInALargeFile) {
  std::string text = "title,label\n\"open,x\n";
  while (text.size() < 2 * limits::kRowBytes) text += "a shoe of leather and other things,shoes\n";
  const std::vector<Row> rows = read_text(text, Format::kCsv, category_task());
  ASSERT_GT(rows.size(), 1000U);
  EXPECT_EQ(rows[0].problems.at(0).kind, ProblemKind::kSchema);
  EXPECT_EQ(rows[0].raw, "\"open,x");
  for (std::size_t i = 1; i < rows.size(); ++i) ASSERT_TRUE(rows[i].problems.empty()) << rows[i].row;
}

TEST(CsvReader, D1_ARowOverTheBoundIsRefusedAndTheNextOneRead) {
  const std::string text = "title,label\n" + std::string(limits::kRowBytes + 100, 'a') + ",x\nb,y\n";
  const std::vector<Row> rows = read_text(text, Format::kCsv, category_task());
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].problems.at(0).kind, ProblemKind::kTooLarge);
  EXPECT_EQ(rows[1].item.texts.at(0), "b");
  EXPECT_EQ(rows[1].row, 3);
}

// Each line opens a quote that the next one closes: without a bound every line would read the rest of the file again.
TEST(CsvReader, D1_HostileQuotesStayLinear) {
  std::string text = "title,label\n";
  for (int i = 0; i < 200'000; ++i) text += "a\",\"b\n";
  EXPECT_GT(read_text(text, Format::kCsv, category_task()).size(), 0U);
}

TEST(CsvReader, D1_AMissingColumnIsOneClearError) {
  try {
    read_text("titel,label\na,x\n", Format::kCsv, category_task());
    ADD_FAILURE() << "a file without a title was read";
  } catch (const Error& error) {
    const std::string message = error.what();
    for (const char* part : {"no column 'title'", "titel, label", "--map COLUMN=title"})
      EXPECT_NE(message.find(part), std::string::npos) << message;
  }
}

TEST(CsvReader, D1_UnusableHeadersAreRefused) {
  for (const char* text :
       {"", "\n\n", "title,title\na,b\n", "title,\"label\na,x\n", "title,l\xE9\na,x\n", "title;label\na;x\n"}) {
    EXPECT_THROW(read_text(text, Format::kCsv, category_task()), Error) << text;
  }
  EXPECT_THROW(read_text("title," + std::string(limits::kIdBytes + 1, 'x') + "\n", Format::kCsv, category_task()),
               Error);
  std::string wide = "title";
  for (std::size_t i = 0; i < limits::kColumns; ++i) wide += ",c" + std::to_string(i);
  EXPECT_THROW(read_text(wide + "\n", Format::kCsv, category_task()), Error);
}

TEST(CsvReader, D1_UnknownColumnsAreIgnoredAndListed) {
  const auto reader = open_items(bytes_of("price,title,shop\n1,a,b\n"), Format::kCsv, "items", category_task(), {});
  EXPECT_EQ(testing_support::read_all(*reader).at(0).item.texts.at(0), "a");
  EXPECT_EQ(reader->unused_columns(), (std::vector<std::string>{"price", "shop"}));
  EXPECT_EQ(reader->rejects_header(), "price,title,shop");
  EXPECT_EQ(reader->bytes_done(), reader->bytes_total());
}

TEST(CsvReader, D1_TsvIsTheSameWithTabs) {
  const std::vector<Row> rows = read_text("title\tbody\tlabel\n\"a\tb\"\tc, d\tx|y\n", Format::kTsv, tags_task());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].item.texts, (std::vector<std::string>{"a\tb", "c, d"}));
  EXPECT_EQ(rows[0].item.labels, (std::vector<std::string>{"x", "y"}));
}

// Any table written by RFC 4180 reads back, however the bytes arrive.
RC_GTEST_PROP(CsvReader, D1_WhatIsWrittenReadsBack, ()) {
  const auto character = rc::gen::element('a', 'b', ',', '"', '\n', '\r', ' ', '\t');
  const auto cell = rc::gen::container<std::string>(character);
  const auto cells = *rc::gen::container<std::vector<std::pair<std::string, std::string>>>(rc::gen::pair(cell, cell));
  const char delimiter = *rc::gen::element(',', '\t');
  std::string text = std::string("title") + delimiter + "body\n";
  for (const auto& [title, body] : cells)
    text += csv_record({title, body}, delimiter) + *rc::gen::element<std::string>("\n", "\r\n");
  const std::size_t piece = *rc::gen::inRange<std::size_t>(1, 40);
  const std::vector<Row> rows = read_text(text, delimiter == ',' ? Format::kCsv : Format::kTsv, tags_task(), {}, piece);
  RC_ASSERT(rows.size() == cells.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RC_ASSERT(rows[i].problems.empty());
    RC_ASSERT(rows[i].item.texts[0] == cells[i].first);
    RC_ASSERT(rows[i].item.texts[1] == cells[i].second);
  }
}

// Arbitrary bytes: never a crash, and the same rows however they arrive.
RC_GTEST_PROP(CsvReader, D1_AnyBytesGiveTheSameRowsInAnyPieces, ()) {
  const auto character = rc::gen::element('a', ',', '"', '\n', '\r', '\xE9');
  const std::string text = "title,label\n" + *rc::gen::container<std::string>(character);
  const std::vector<Row> whole = read_text(text, Format::kCsv, category_task());
  const std::vector<Row> pieces =
      read_text(text, Format::kCsv, category_task(), {}, *rc::gen::inRange<std::size_t>(1, 9));
  RC_ASSERT(titles(whole) == titles(pieces));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    RC_ASSERT(whole[i].row == pieces[i].row);
    RC_ASSERT(whole[i].raw == pieces[i].raw);
  }
}

}  // namespace
}  // namespace aisle
