#include "ingest/item_builder.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/digest.h"
#include "core/error.h"
#include "domain/limits.h"
#include "ingest/picture_path.h"
#include "support/temporary_folder.h"
#include "unit/ingest/reading.h"

namespace aisle {
namespace {

using testing_support::category_task;
using testing_support::read_text;
using testing_support::Row;
using testing_support::tags_task;
using Strings = std::vector<std::string>;

Row read_line(const std::string& line, const Task& task, const ReadOptions& options = {}) {
  return read_text(line, Format::kJsonl, task, options).at(0);
}

TEST(SplitTags, D1_KnowsTheFormsOfTags) {
  EXPECT_EQ(split_tags("a|b", "|"), (Strings{"a", "b"}));
  EXPECT_EQ(split_tags(" a | b |", "|"), (Strings{"a", "b"}));
  EXPECT_EQ(split_tags("|a|b|", "|"), (Strings{"a", "b"}));
  EXPECT_EQ(split_tags("<c++><boost-asio>", "|"), (Strings{"c++", "boost-asio"}));
  EXPECT_EQ(split_tags("<a>|<b>", "|"), (Strings{"<a>", "<b>"}));
  EXPECT_EQ(split_tags("a, b", ","), (Strings{"a", "b"}));
  EXPECT_EQ(split_tags("a::b", "::"), (Strings{"a", "b"}));
  EXPECT_EQ(split_tags("a|b", ""), (Strings{"a|b"}));
  EXPECT_EQ(split_tags("  ", "|"), Strings{});
}

TEST(ItemBuilder, D1_LabelsAreSortedDistinctAndTrimmed) {
  EXPECT_EQ(read_line(R"({"title":"a","label":["y"," x ","y",7]})", tags_task()).item.labels, (Strings{"7", "x", "y"}));
  EXPECT_EQ(read_line(R"({"title":"a","label":"y|x|y"})", tags_task()).item.labels, (Strings{"x", "y"}));
  EXPECT_EQ(read_line(R"({"title":"a","label":["a|b"]})", tags_task()).item.labels, (Strings{"a|b"}));
  EXPECT_EQ(read_line(R"({"title":"a","label":"a|b"})", category_task()).item.labels, (Strings{"a|b"}));
  EXPECT_EQ(read_line(R"({"title":"a","label":2705})", category_task()).item.labels, (Strings{"2705"}));
  EXPECT_EQ(read_line(R"({"title":"a","label":["x"]})", category_task()).item.labels, (Strings{"x"}));
  EXPECT_EQ(read_line(R"({"title":"a","label":" "})", category_task()).item.labels, Strings{});
  EXPECT_EQ(read_line(R"({"title":"a","label":"a;b"})", tags_task(), {.label_separator = ";"}).item.labels,
            (Strings{"a", "b"}));
}

TEST(ItemBuilder, D1_MalformedLabelsAreRefused) {
  const std::string long_label(limits::kLabelBytes + 1, 'x');
  std::string many = "[\"0\"";
  for (std::size_t i = 1; i <= limits::kLabelsPerItem; ++i) many += ",\"" + std::to_string(i) + "\"";
  for (const std::string& label : {"\"" + long_label + "\"", many + "]", std::string(R"("a\nb")")}) {
    const Row row = read_line("{\"title\":\"a\",\"label\":" + label + "}", tags_task());
    ASSERT_EQ(row.problems.size(), 1U) << label.substr(0, 40);
    EXPECT_EQ(row.problems[0].kind, ProblemKind::kInvalidLabel);
  }
}

TEST(ItemBuilder, D1_LabelsAreIgnoredOrRequiredWhereTheUserOfTheDataSaysSo) {
  const ReadOptions ignored{.labels = LabelUse::kIgnored};
  const ReadOptions required{.labels = LabelUse::kRequired};
  EXPECT_TRUE(read_line(R"({"title":"a","label":true})", category_task(), ignored).problems.empty());
  EXPECT_EQ(read_line(R"({"title":"a"})", category_task(), required).problems.at(0).column, "label");
  EXPECT_EQ(read_line(R"({"title":"a","label":""})", category_task(), required).problems.size(), 1U);
  EXPECT_TRUE(read_line(R"({"title":"a","body":"","label":[]})", tags_task(), required).problems.empty());
  EXPECT_THROW(read_text("title\na\n", Format::kCsv, category_task(), required), Error);
  EXPECT_EQ(read_text("title\na\n", Format::kCsv, category_task(), ignored).size(), 1U);
}

TEST(ItemBuilder, D1_AnItemWithoutAnIdGetsTheDigestOfItsContent) {
  const Row row = read_line(R"({"title":"a","label":"x"})", category_task());
  EXPECT_FALSE(row.id_given);
  EXPECT_EQ(row.item.id, derived_id(row.item));
  EXPECT_EQ(row.item.split, assigned_split(row.item.id));
  EXPECT_EQ(read_line(R"({"title":"a","label":"y"})", category_task()).item.id, row.item.id);
  const Row numbered = read_line(R"({"title":"a","id":42})", category_task());
  EXPECT_TRUE(numbered.id_given);
  EXPECT_EQ(numbered.item.id, "42");
}

TEST(ItemBuilder, D1_SplitAndGroupAreTaken) {
  const Row row = read_line(R"({"title":"a","split":"test","group":7})", category_task());
  EXPECT_EQ(row.item.split, Split::kTest);
  EXPECT_TRUE(row.split_given);
  EXPECT_EQ(row.item.group, "7");
  const Row grouped = read_line(R"({"title":"a","group":"g","split":""})", category_task());
  EXPECT_FALSE(grouped.split_given);
  EXPECT_EQ(grouped.item.split, assigned_split("g"));
}

TEST(ItemBuilder, D1_ColumnsAreMapped) {
  const ReadOptions options{.map = parse_column_map("name=title,text=body,title=label,key=id")};
  const auto rows = read_text("name,text,title,key,body\na,b,x,1,ignored\n", Format::kCsv, tags_task(), options);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].item.texts, (Strings{"a", "b"}));
  EXPECT_EQ(rows[0].item.labels, (Strings{"x"}));
  EXPECT_EQ(rows[0].item.id, "1");
  EXPECT_EQ(read_line(R"({"name":"a","text":"b","body":"no"})", tags_task(), options).item.texts, (Strings{"a", "b"}));
}

TEST(ItemBuilder, D1_AWrongMapIsAnError) {
  for (const char* map :
       {"title", "=title", "a=", "a=title,b=title", "a=title,a=body", "a=nothing", "a=image", ",a=title"}) {
    try {
      read_text("title,body\n", Format::kCsv, tags_task(), {.map = parse_column_map(map)});
      ADD_FAILURE() << map;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage) << map;
    }
  }
  EXPECT_THROW(read_text("title,body\n", Format::kCsv, tags_task(), {.map = parse_column_map("absent=title")}), Error);
}

TEST(ItemBuilder, D1_EveryProblemOfARowIsNamed) {
  const Row row = read_line(R"({"title":1,"body":2,"label":1.5,"split":"x","id":[]})", tags_task());
  ASSERT_EQ(row.problems.size(), 5U);
  EXPECT_EQ(row.raw, R"({"title":1,"body":2,"label":1.5,"split":"x","id":[]})");
}

class Pictures : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_.path() / "data/pictures");
    write("data/pictures/a.png", "picture");
    write("secret.png", "secret");
    std::filesystem::create_symlink("../../secret.png", folder_.path() / "data/pictures/link.png");
    std::filesystem::create_symlink("a.png", folder_.path() / "data/pictures/inner.png");
  }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.path() / name, std::ios::binary) << text;
  }
  std::vector<Row> read(const std::string& picture, const ReadOptions& options = {}) {
    write("data/items.jsonl", "{\"title\":\"a\",\"image\":\"" + picture + "\"}\n");
    Task task = category_task();
    task.image_field = "photo";
    return testing_support::read_all(
        *open_items({Format::kJsonl, {(folder_.path() / "data/items.jsonl").string()}}, task, options));
  }

  TemporaryFolder folder_;
};

TEST_F(Pictures, D1_APictureIsRelativeToTheFilesFolder) {
  for (const char* name : {"pictures/a.png", "./pictures/a.png", "pictures/../pictures/a.png", "pictures/inner.png"}) {
    const Row row = read(name).at(0);
    ASSERT_TRUE(row.problems.empty()) << row.problems[0].message;
    EXPECT_EQ(row.item.image, digest_of("picture").hex());
    EXPECT_EQ(row.item.id, derived_id(row.item));
  }
}

TEST_F(Pictures, D1_APictureNeverLeavesTheFilesFolder) {
  const std::string absolute = (folder_.path() / "secret.png").string();
  for (const std::string& name :
       {std::string("../secret.png"), std::string("pictures/../../secret.png"), absolute,
        std::string("pictures/link.png"), std::string("/etc/passwd"), std::string("../absent.png")}) {
    const Row row = read(name).at(0);
    ASSERT_EQ(row.problems.size(), 1U) << name;
    EXPECT_EQ(row.problems[0].kind, ProblemKind::kUnreadablePicture);
    EXPECT_NE(row.problems[0].message.find("outside"), std::string::npos) << row.problems[0].message;
  }
  const ReadOptions allowed{.picture_folders = {folder_.path()}};
  EXPECT_EQ(read(absolute, allowed).at(0).item.image, digest_of("secret").hex());
  EXPECT_EQ(read("../secret.png", allowed).at(0).item.image, digest_of("secret").hex());
  EXPECT_EQ(read("/etc/passwd", allowed).at(0).problems.size(), 1U);
}

TEST_F(Pictures, P5_WhatComesOverANetworkNamesNoFiles) {
  const Row row = read("pictures/a.png", {.pictures = PictureUse::kIgnore}).at(0);
  EXPECT_TRUE(row.problems.empty());
  EXPECT_EQ(row.item.image, "");
  EXPECT_TRUE(read("/etc/passwd", {.pictures = PictureUse::kIgnore}).at(0).problems.empty());
}

TEST_F(Pictures, D1_AMissingPictureOrAFolderIsReported) {
  EXPECT_EQ(read("pictures/absent.png").at(0).problems.at(0).kind, ProblemKind::kUnreadablePicture);
  EXPECT_EQ(read("pictures").at(0).problems.at(0).kind, ProblemKind::kUnreadablePicture);
  EXPECT_EQ(read("").at(0).item.image, "");
}

}  // namespace
}  // namespace aisle
