#include "storage/sql/migrate.h"

#include <gtest/gtest.h>

#include "storage/sql/database.h"
#include "storage_support.h"

namespace aisle::sql {
namespace {

constexpr Migration kFirst = {"x", 1, "-- a table\nCREATE TABLE a (\n  n INTEGER\n);\n"};
constexpr Migration kSecond = {"x", 2,
                               "ALTER TABLE a ADD COLUMN m INTEGER NOT NULL DEFAULT 7;\nCREATE TABLE b (n INTEGER);\n"};
constexpr Migration kBroken = {"x", 2, "CREATE TABLE c (n INTEGER);\nCREATE NONSENSE;\n"};

class Migrate : public testing::Test {
 protected:
  Migrate() : file_(folder_.path() / "x.db") { Database::create(file_); }
  void run(std::vector<Migration> migrations) {
    Database database(file_);
    migrate(database, migrations);
  }
  int query(const std::string& sql) {
    int value = -1;
    Database(file_).read([&](soci::session& session) { session << sql, soci::into(value); });
    return value;
  }
  TemporaryFolder folder_;
  std::filesystem::path file_;
};

TEST_F(Migrate, BringsAnOlderDatabaseUpAndKeepsItsRows) {
  run({kFirst});
  Database(file_).write([](soci::session& session) { session << "INSERT INTO a (n) VALUES (5)"; });
  run({kFirst, kSecond});
  EXPECT_EQ(query("SELECT n * 100 + m FROM a"), 507);
  EXPECT_EQ(query("SELECT max(number) FROM migrations"), 2);
}

TEST_F(Migrate, DoesNothingTheSecondTime) {
  run({kFirst, kSecond});
  run({kFirst, kSecond});
  EXPECT_EQ(query("SELECT count(*) FROM migrations"), 2);
}

TEST_F(Migrate, RefusesADatabaseOfANewerProgram) {
  run({kFirst, kSecond});
  const std::string error = error_of([&] { run({kFirst}); });
  EXPECT_TRUE(error.starts_with("unsupported: ")) << error;
  EXPECT_NE(error.find("newer program"), std::string::npos) << error;
}

TEST_F(Migrate, RefusesAMigrationThatIsNotTheOneApplied) {
  run({kFirst});
  const std::string error = error_of([&] { run({Migration{"x", 1, "CREATE TABLE a (n TEXT);\n"}, kSecond}); });
  EXPECT_TRUE(error.starts_with("unsupported: ")) << error;
}

TEST_F(Migrate, AFailureLeavesNothingOfItsMigration) {
  EXPECT_FALSE(error_of([&] { run({kFirst, kBroken}); }).empty());
  EXPECT_EQ(query("SELECT count(*) FROM migrations"), 1);
  EXPECT_EQ(query("SELECT count(*) FROM sqlite_master WHERE name = 'c'"), 0);
  run({kFirst, kSecond});
  EXPECT_EQ(query("SELECT count(*) FROM migrations"), 2);
}

TEST(Migrations, AreNumberedWithoutAGap) {
  for (const char* database : {"training", "users", "logs"}) {
    const std::vector<Migration> migrations = migrations_of(database);
    ASSERT_FALSE(migrations.empty()) << database;
    for (std::size_t i = 0; i < migrations.size(); ++i)
      EXPECT_EQ(migrations[i].number, static_cast<int>(i) + 1) << database;
  }
}

TEST(Migrations, AreSplitIntoStatements) {
  EXPECT_EQ(statements_of("-- note;\nA\n b;\n\nC;\n"), (std::vector<std::string>{"A\n b;\n", "C;\n"}));
  EXPECT_FALSE(error_of([] { statements_of("A;\nB"); }).empty());
}

}  // namespace
}  // namespace aisle::sql
