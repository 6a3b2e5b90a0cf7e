#include "ingest/format.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <fstream>

#include "core/digest.h"
#include "core/error.h"
#include "ingest/rejects_writer.h"
#include "support/temporary_folder.h"
#include "unit/ingest/reading.h"

namespace aisle {
namespace {

using testing_support::category_task;
using testing_support::read_all;
using testing_support::Row;
using testing_support::tags_task;
using Strings = std::vector<std::string>;

class Formats : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  // Reads what the user gave as one command does.
  std::vector<Row> read(const Strings& sources, const Task& task, const ReadOptions& options = {}) {
    std::vector<Row> rows;
    for (const InputGroup& group : group_inputs(sources, options.format)) {
      for (Row& row : read_all(*open_items(group, task, options))) rows.push_back(std::move(row));
    }
    return rows;
  }

  TemporaryFolder folder_;
};

Task rakuten_task() {
  return {.name = "products",
          .kind = TaskKind::kCategory,
          .text_fields = {"designation", "description"},
          .image_field = "image"};
}

constexpr char kX[] =
    ",designation,description,productid,imageid\n"
    "0,Olivia: Personalisiertes Notizbuch,,3804725264,1263597046\n"
    "1,\"Journal, \"\"Des Arts\"\"\",\"<p>ligne 1\nligne 2</p>\",436067568,1008141237\n"
    "2,Grand Stylet,NULL,201115110,938777978\n";
constexpr char kY[] = ",prdtypecode\n0,10\n1,2280\n2,50\n";

TEST_F(Formats, D1_RakutensFilePairIsReadAsItIs) {
  const Strings files = {write("X_train.csv", kX), write("Y_train.csv", kY)};
  const std::vector<Row> rows = read(files, rakuten_task());
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1].item.texts, (Strings{"Journal, \"Des Arts\"", "<p>ligne 1\nligne 2</p>"}));
  EXPECT_EQ(rows[1].item.labels, (Strings{"2280"}));
  EXPECT_EQ(rows[1].item.id, "436067568");
  EXPECT_EQ(rows[1].item.image, "");
  EXPECT_EQ(rows[2].row, 5);
}

TEST_F(Formats, D1_RakutensPicturesAreFoundByTheirNames) {
  write("images/image_1263597046_product_3804725264.jpg", "one");
  write("images/image_1008141237_product_436067568.jpg", "two");
  const std::vector<Row> rows = read({path("images"), write("Y.csv", kY), write("X.csv", kX)}, rakuten_task());
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].item.image, digest_of("one").hex());
  EXPECT_EQ(rows[1].item.image, digest_of("two").hex());
  EXPECT_EQ(rows[2].problems.at(0).kind, ProblemKind::kUnreadablePicture);
}

TEST_F(Formats, D1_RakutensRowsAreJoinedByIndexAndAMismatchIsReported) {
  const std::vector<Row> rows =
      read({write("X.csv", kX), write("Y.csv", ",prdtypecode\n2,50\n0,10\n7,60\nx,70\n")}, rakuten_task());
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_EQ(rows[0].problems.at(0).kind, ProblemKind::kType);  // x is no index
  EXPECT_EQ(rows[1].item.labels, (Strings{"10"}));
  EXPECT_EQ(rows[2].problems.at(0).kind, ProblemKind::kSchema);
  EXPECT_EQ(rows[2].problems.at(0).row, 3);
  EXPECT_NE(rows[2].problems.at(0).message.find("index '1'"), std::string::npos);
  EXPECT_EQ(rows[3].item.labels, (Strings{"50"}));
  EXPECT_NE(rows[4].problems.at(0).message.find("1 rows of"), std::string::npos);  // 7 is in Y alone
  EXPECT_THROW(read({write("X.csv", kX), write("Y2.csv", ",prdtypecode\n1,5\n1,6\n")}, rakuten_task()), Error);
}

TEST_F(Formats, D1_RakutenWithoutLabelsCanBePredicted) {
  EXPECT_EQ(read({write("X.csv", kX)}, rakuten_task(), {.labels = LabelUse::kIgnored}).size(), 3U);
  EXPECT_THROW(read({write("X.csv", kX)}, rakuten_task(), {.labels = LabelUse::kRequired}), Error);
  EXPECT_EQ(read({write("X.csv", kX), write("Y.csv", kY)}, rakuten_task(), {.labels = LabelUse::kRequired}).size(), 3U);
  for (const Strings& files : {Strings{write("Y.csv", kY)}, Strings{path("X.csv"), path("X.csv")},
                               Strings{path("X.csv"), write("Z.csv", "a,b\n1,2\n")}}) {
    EXPECT_THROW(read(files, rakuten_task(), {.format = Format::kRakuten}), Error);
  }
}

TEST_F(Formats, D1_RejectedRakutenRowsCanBeMendedAndReadAgain) {
  const auto groups = group_inputs({write("X.csv", kX), write("Y.csv", ",prdtypecode\n0,10\n2,50\n")}, Format::kAuto);
  const auto reader = open_items(groups.at(0), rakuten_task(), {});
  RejectsWriter rejects(path("rejects.csv"));
  ReadResult result;
  while (reader->next(result)) {
    if (result.rejected()) rejects.add(reader->rejects_header(), result.raw);
  }
  rejects.finish();
  ASSERT_EQ(rejects.files().size(), 1U);
  std::ifstream file(path("rejects.csv"));
  std::string text(std::istreambuf_iterator<char>(file), {});
  text.insert(text.size() - 1, "2280");  // the label that was missing
  const std::vector<Row> rows = read({write("mended.csv", text)}, rakuten_task());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].item.labels, (Strings{"2280"}));
  EXPECT_EQ(rows[0].item.id, "436067568");
}

TEST_F(Formats, D1_StackExchangesQueryResultIsReadAsItIs) {
  const std::string text =
      "Id,Title,Body,Tags\n"
      "11,\"How to \"\"join\"\"?\",\"<p>I have <code>a,b</code>\n</p>\",<python><pandas>\n"
      "12,Why?,text,c++|boost\n13,None,text,|a|b|\n";
  const std::vector<Row> rows = read({write("QueryResults.csv", text)}, tags_task());
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].item.id, "11");
  EXPECT_EQ(rows[0].item.texts, (Strings{"How to \"join\"?", "<p>I have <code>a,b</code>\n</p>"}));
  EXPECT_EQ(rows[0].item.labels, (Strings{"pandas", "python"}));
  EXPECT_EQ(rows[1].item.labels, (Strings{"boost", "c++"}));
  EXPECT_EQ(rows[2].item.labels, (Strings{"a", "b"}));
}

TEST_F(Formats, D1_AFolderOfPicturesHasAFolderPerLabel) {
  Task task = category_task();
  task.image_field = "photo";
  write("p/shoes/b.png", "b");
  write("p/shoes/more/a.png", "a");
  write("p/bags, new|old/c.png", "c");
  write("p/.hidden/d.png", "d");
  write("p/unlabelled.png", "e");
  const std::vector<Row> rows = read({path("p")}, task);
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].item.labels, Strings{});
  EXPECT_EQ(rows[1].item.labels, (Strings{"bags, new|old"}));
  EXPECT_EQ(rows[1].raw, "\"bags, new|old/c.png\",\"bags, new|old\"");
  EXPECT_EQ(rows[2].item.labels, (Strings{"shoes"}));
  EXPECT_EQ(rows[2].item.image, digest_of("b").hex());
  EXPECT_EQ(rows[3].item.image, digest_of("a").hex());
  EXPECT_THROW(read({path("p")}, category_task()), Error);
}

TEST_F(Formats, D1_AFolderOfPicturesHasASidecarFile) {
  Task task = category_task();
  task.image_field = "photo";
  write("p/a.png", "a");
  write("p/labels.csv", "file,label,title\na.png,shoes,red\nabsent.png,shoes,red\n../p/a.png,bags,\n");
  const std::vector<Row> rows = read({path("p")}, task);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].item.labels, (Strings{"shoes"}));
  EXPECT_EQ(rows[0].item.texts, (Strings{"red"}));
  EXPECT_EQ(rows[0].item.image, digest_of("a").hex());
  EXPECT_EQ(rows[1].problems.at(0).kind, ProblemKind::kUnreadablePicture);
  write("q/labels.csv", "file,label\n");
  EXPECT_TRUE(read({path("q")}, task).empty());
}

TEST_F(Formats, D1_AutoTellsTheFormat) {
  std::filesystem::create_directories(folder_.path() / "folder");
  const std::vector<std::pair<std::string, Format>> cases = {
      {write("a.jsonl", ""), Format::kJsonl},
      {write("a.NDJSON", "x"), Format::kJsonl},
      {write("a.tsv", "a\tb\n"), Format::kTsv},
      {write("a.csv", "a,b\n"), Format::kCsv},
      {write("b.csv", "\xEF\xBB\xBFTitle,Body,Tags\n"), Format::kStackexchange},
      {write("c.csv", kX), Format::kRakuten},
      {write("d.csv", kY), Format::kRakuten},
      {write("e", " {\"a\":1}\n"), Format::kJsonl},
      {write("f.txt", "a\tb\n"), Format::kTsv},
      {write("g.txt", "a,b\n"), Format::kCsv},
      {path("folder"), Format::kPictures},
      {"sqlite:///x", Format::kSql},
      {"postgresql://u:p@h/d", Format::kSql},
  };
  for (const auto& [source, format] : cases) EXPECT_EQ(detect_format(source), format) << source;
  EXPECT_THROW(detect_format("-"), Error);
  EXPECT_THROW(detect_format(path("absent.csv")), Error);
  EXPECT_THROW(detect_format(write("h.bin", "nothing")), Error);
  EXPECT_THROW(detect_format(write("i.json", "[{\"title\":1}]")), Error);
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_THROW(detect_format(path("pipe")), Error);
}

TEST_F(Formats, NamesAreReadBack) {
  for (const char* name : {"auto", "csv", "tsv", "jsonl", "rakuten", "stackexchange", "pictures", "sql"})
    EXPECT_EQ(to_string(parse_format(name)), name);
  EXPECT_THROW(parse_format("xls"), Error);
}

TEST_F(Formats, PasswordsAreNeverShown) {
  EXPECT_EQ(without_password("postgresql://u:secret@h:1/d?password=secret"), "postgresql://u@h:1/d");
  EXPECT_EQ(without_password("postgresql://u:se@cr/et@h/d"), "postgresql://u@h/d");
  EXPECT_EQ(without_password("sqlite:///a.db"), "sqlite:///a.db");
  EXPECT_EQ(without_password("items.csv"), "items.csv");
}

TEST_F(Formats, D2_RejectsOfOtherHeadersGetFilesOfTheirOwn) {
  RejectsWriter rejects(path("rejects.csv"));
  rejects.add("a,b", "1");
  rejects.add("c", "2,3");
  rejects.add("a,b", "");
  rejects.add("a,b", "4");
  rejects.finish();
  ASSERT_EQ(rejects.files(), (std::vector<std::filesystem::path>{path("rejects.csv"), path("rejects.2.csv")}));
  const auto text = [](const std::filesystem::path& file) {
    std::ifstream in(file);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  EXPECT_EQ(text(path("rejects.csv")), "a,b\n1\n4\n");
  EXPECT_EQ(text(path("rejects.2.csv")), "c\n2,3\n");
}

}  // namespace
}  // namespace aisle
