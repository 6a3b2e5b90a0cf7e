// Queries on real databases: SQLite, and a PostgreSQL cluster that lives as long as this program.
#include "ingest/sql_reader.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "core/error.h"
#include "core/files.h"
#include "domain/limits.h"
#include "support/temporary_folder.h"
#include "unit/ingest/reading.h"

// Freed memory that the sanitizer holds back would hide what this program itself holds.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
  return "quarantine_size_mb=8";
}

namespace aisle {
namespace {

using testing_support::category_task;
using testing_support::read_all;
using testing_support::Row;
using Strings = std::vector<std::string>;

std::vector<Row> query(const std::string& url, const std::string& sql) {
  ReadOptions options;
  options.query = sql;
  return read_all(*open_items({Format::kSql, {url}}, category_task(), options));
}

// Reads `megabytes` and more, and gives how much the process grew at its peak.
std::uint64_t growth_of(const std::string& url, const std::string& sql, std::int64_t rows, std::size_t row_bytes) {
  ReadOptions options;
  options.query = sql;
  const std::uint64_t before = peak_memory_bytes();
  const auto reader = open_items({Format::kSql, {url}}, category_task(), options);
  ReadResult result;
  std::int64_t count = 0;
  while (reader->next(result)) {
    EXPECT_FALSE(result.rejected());
    if (result.item.texts.at(0).size() != row_bytes || result.row != ++count) ADD_FAILURE() << "row " << result.row;
  }
  EXPECT_EQ(count, rows);
  const std::uint64_t growth = peak_memory_bytes() - before;
  testing::Test::RecordProperty("growth_bytes", std::to_string(growth));
  return growth;
}

constexpr std::int64_t kManyRows = 300'000;
constexpr std::uint64_t kAllowedGrowth = 64 << 20;

class Sqlite : public testing::Test {
 protected:
  void SetUp() override {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file_.c_str(), &database), SQLITE_OK);
    const char* sql =
        "CREATE TABLE items(id INTEGER, title TEXT, code INTEGER, price REAL);"
        "INSERT INTO items VALUES(1,'a',2705,1.5),(2,'é\n\"b\"','text in an integer "
        "column',NULL),(3,NULL,NULL,2),(4,CAST(x'636166E9' AS TEXT),1,1);";
    ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
  }

  TemporaryFolder folder_;
  std::string file_ = (folder_.path() / "my items.db").string();
  std::string url_ = "sqlite://" + file_;
};

TEST_F(Sqlite, D1_AQueryGivesItems) {
  const std::vector<Row> rows = query(url_, "SELECT id, title, code AS label, price FROM items ORDER BY id");
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].item.id, "1");
  EXPECT_EQ(rows[0].item.labels, (Strings{"2705"}));
  EXPECT_EQ(rows[1].item.texts.at(0), "é\n\"b\"");
  EXPECT_EQ(rows[1].item.labels, (Strings{"text in an integer column"}));
  EXPECT_EQ(rows[1].raw, "2,\"é\n\"\"b\"\"\",text in an integer column,");
  EXPECT_EQ(rows[3].problems.at(0).kind, ProblemKind::kEncoding);
  EXPECT_EQ(rows[3].problems.at(0).column, "title");
  EXPECT_EQ(rows[3].row, 4);
}

TEST_F(Sqlite, D1_AnExpressionOrAnEmptyResultIsReadToo) {
  EXPECT_EQ(
      query(url_, "SELECT upper(title) || '!' AS title, count(*) AS id FROM items WHERE id = 1").at(0).item.texts.at(0),
      "A!");
  EXPECT_TRUE(query(url_, "SELECT title FROM items WHERE 0").empty());
}

TEST_F(Sqlite, D1_WhatCannotBeReadIsAnError) {
  for (const char* sql :
       {"SELECT nothing FROM items", "SELEC", "SELECT id FROM items", "DELETE FROM items",
        "INSERT INTO items VALUES(9,'z',1,1) RETURNING title", "CREATE TABLE other(title TEXT)", ""}) {
    EXPECT_THROW(query(url_, sql), Error) << sql;
  }
  EXPECT_EQ(query(url_, "SELECT title FROM items").size(), 4U) << "something was written";
  EXPECT_THROW(query("sqlite:///absent.db", "SELECT 1 AS title"), Error);
  EXPECT_FALSE(std::filesystem::exists("absent.db"));
  EXPECT_THROW(query("mysql://u@h/d", "SELECT 1 AS title"), Error);
}

TEST_F(Sqlite, D1_AResultLargerThanMemoryStreams) {
  const std::uint64_t growth = growth_of(url_,
                                         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                                         "300000) SELECT i AS id, hex(zeroblob(500)) AS title FROM n",
                                         kManyRows, 1000);
  EXPECT_LT(growth, kAllowedGrowth) << "for a result of " << kManyRows << " kB";
}

TEST(DatabaseUrl, IsTakenApart) {
  const DatabaseUrl url =
      parse_database_url("postgres://us%40er:p%3Aw%2F@[::1]:5433/my%20db?sslmode=require&host=/tmp");
  EXPECT_EQ(url.scheme, "postgresql");
  EXPECT_EQ(url.user, "us@er");
  EXPECT_EQ(url.password, "p:w/");
  EXPECT_EQ(url.host, "::1");
  EXPECT_EQ(url.port, "5433");
  EXPECT_EQ(url.path, "my db");
  EXPECT_EQ(url.options.at(1), (std::pair<std::string, std::string>{"host", "/tmp"}));
  for (const char* text :
       {"x", "postgresql://h:port/d", "postgresql://h/d%2", "postgresql://h/d?a-b=1", "postgresql://h/%00"})
    EXPECT_THROW(parse_database_url(text), Error) << text;
}

// A cluster of its own in a temporary folder, reached by a Unix socket alone.
class Postgresql : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const std::filesystem::path programs = find_programs();
    ASSERT_FALSE(programs.empty()) << "PostgreSQL is not installed; run scripts/setup.sh --tests";
    // Short, because a socket's path has 107 bytes at most.
    folder_ = new TemporaryFolder;
    const std::string data = (folder_->path() / "data").string();
    if (::geteuid() == 0) {
      ASSERT_EQ(run("chown postgres " + folder_->path().string()), 0);
    }
    ASSERT_EQ(run(as_owner(programs / "initdb") + " -D " + data + " -U aisle -A trust -E UTF8 --no-sync"), 0)
        << log_text();
    pg_ctl_ = as_owner(programs / "pg_ctl") + " -D " + data + " -w";
    ASSERT_EQ(run(pg_ctl_ + " -l " + folder_->path().string() + "/server.log -o \"-k " + folder_->path().string() +
                  " -c listen_addresses='' -c fsync=off\" start"),
              0)
        << log_text();
    running_ = true;
  }
  static void TearDownTestSuite() {
    if (running_) {
      EXPECT_EQ(run(pg_ctl_ + " -m immediate stop"), 0) << log_text();
    }
    delete folder_;
  }
  static std::string url() { return "postgresql://aisle:not-used@/postgres?host=" + folder_->path().string(); }

 private:
  static std::filesystem::path find_programs() {
    std::vector<std::filesystem::path> found;
    std::error_code none;
    for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
      if (std::filesystem::exists(version.path() / "bin/initdb")) found.push_back(version.path() / "bin");
    }
    return found.empty() ? std::filesystem::path{} : *std::ranges::max_element(found);
  }
  // The server refuses to run as root.
  static std::string as_owner(const std::filesystem::path& program) {
    return (::geteuid() == 0 ? "cd / && runuser -u postgres -- " : "") + program.string();
  }
  static int run(const std::string& command) {
    const int status = std::system(("{ " + command + "; } >" + folder_->path().string() + "/log 2>&1 </dev/null")
                                       .c_str());  // NOLINT: fixed commands
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  static std::string log_text() {
    std::ifstream log(folder_->path() / "log");
    return {std::istreambuf_iterator<char>(log), {}};
  }

  static inline TemporaryFolder* folder_ = nullptr;
  static inline std::string pg_ctl_;
  static inline bool running_ = false;
};

TEST_F(Postgresql, D1_AQueryGivesItems) {
  const std::vector<Row> rows = query(url(),
                                      "SELECT g AS id, 'é\n' || g AS title, CASE WHEN g = 2 THEN NULL ELSE 2700 + g "
                                      "END AS label, now() AS t, true AS b,"
                                      " '{1,2}'::int[] AS l, '{\"a\":1}'::jsonb AS j, gen_random_uuid() AS u, "
                                      "1.5::numeric AS n FROM generate_series(1, 3) g");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].item.id, "1");
  EXPECT_EQ(rows[0].item.texts.at(0), "é\n1");
  EXPECT_EQ(rows[0].item.labels, (Strings{"2701"}));
  EXPECT_EQ(rows[1].item.labels, Strings{});
  EXPECT_EQ(rows[2].row, 3);
  EXPECT_TRUE(query(url(), "SELECT 'x' AS title WHERE false").empty());
}

TEST_F(Postgresql, D1_AResultLargerThanMemoryStreams) {
  const std::uint64_t growth = growth_of(
      url(), "SELECT g AS id, repeat('0123456789', 100) AS title FROM generate_series(1, 300000) g", kManyRows, 1000);
  EXPECT_LT(growth, kAllowedGrowth) << "for a result of " << kManyRows << " kB";
}

TEST_F(Postgresql, D1_NothingIsWrittenAndErrorsSayWhatTheDatabaseSaid) {
  for (const char* sql : {"CREATE TABLE items(title text)", "SELECT nothing", "SELECT 1 AS title; SELECT 2",
                          "SELECT title FROM absent", "SELECT setval('s', 1) AS title"}) {
    EXPECT_THROW(query(url(), sql), Error) << sql;
  }
  try {
    query(url(), "CREATE TABLE items AS SELECT 'a' AS title");
    ADD_FAILURE() << "a table was made";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("read-only transaction"), std::string::npos) << error.what();
    EXPECT_EQ(describe(error).find("not-used"), std::string::npos) << describe(error);
  }
}

TEST_F(Postgresql, D1_AnErrorInTheMiddleOfAResultIsReported) {
  ReadOptions options;
  options.query = "SELECT (1.0 / (5000 - g))::text AS title FROM generate_series(1, 9000) g";
  const auto reader = open_items({Format::kSql, {url()}}, category_task(), options);
  ReadResult result;
  int rows = 0;
  try {
    while (reader->next(result)) ++rows;
    ADD_FAILURE() << "a result that broke off was taken for whole";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_NE(std::string(error.what()).find("division by zero"), std::string::npos) << error.what();
  }
  EXPECT_GT(rows, 0);
  EXPECT_LT(rows, 5000);
}

TEST_F(Postgresql, D1_AReaderCanBeLeftInTheMiddle) {
  ReadOptions options;
  options.query = "SELECT repeat('x', 1000) AS title FROM generate_series(1, 20000) g";
  const auto reader = open_items({Format::kSql, {url()}}, category_task(), options);
  ReadResult result;
  EXPECT_TRUE(reader->next(result));
}

TEST_F(Postgresql, D1_NoConnectionIsAnErrorWithoutThePassword) {
  try {
    query("postgresql://u:secret@/postgres?host=/nowhere", "SELECT 1 AS title");
    ADD_FAILURE() << "connected to nothing";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_EQ(describe(error).find("secret"), std::string::npos) << describe(error);
  }
}

}  // namespace
}  // namespace aisle
