#include <gtest/gtest.h>
#include <sqlite3.h>

#include <set>

#include "storage/sql/database.h"
#include "storage/sql/migrate.h"
#include "storage_support.h"

namespace aisle {
namespace {

constexpr int kBatches = 15;
constexpr int kBatchItems = 20;

int write_much(const std::filesystem::path& folder, const std::string& name) {
  const Workspace workspace = open_workspace(folder);
  const std::int64_t task = workspace.training->find_task("t")->id;
  for (int batch = 0; batch < kBatches; ++batch) {
    workspace.training->put_items(task, small_batch(name + std::to_string(batch), kBatchItems));
    workspace.training->start_run(task, {});
    workspace.training->add_version(task, {});
  }
  return 0;
}

TEST(TwoProcesses, WriteAtOnceAndNothingIsLostOrNumberedTwice) {
  const TemporaryFolder folder;
  init_workspace(folder.path() / "ws");
  open_workspace(folder.path() / "ws").training->create_task(small_task());
  const pid_t first = start_child([&] { return write_much(folder.path() / "ws", "a"); });
  const pid_t second = start_child([&] { return write_much(folder.path() / "ws", "b"); });
  EXPECT_EQ(exit_status_of(first), 0);
  EXPECT_EQ(exit_status_of(second), 0);
  const Workspace workspace = open_workspace(folder.path() / "ws");
  const std::int64_t task = workspace.training->find_task("t")->id;
  EXPECT_EQ(workspace.training->count_items(task).certified, 2 * kBatches * kBatchItems);
  EXPECT_EQ(workspace.training->list_labels(task).at(0).items, 2 * kBatches * kBatchItems);
  std::set<std::int64_t> runs;
  for (const auto& run : workspace.training->list_runs(task)) runs.insert(run.number);
  EXPECT_EQ(runs.size(), 2U * kBatches);
  EXPECT_EQ(workspace.training->list_versions(task).size(), 2U * kBatches);
  EXPECT_EQ(workspace.training->list_promotions(task).size(), 1U);
}

TEST(TwoProcesses, OneSeesTheOthersChangeByTheCounter) {
  const TemporaryFolder folder;
  init_workspace(folder.path() / "ws");
  const Workspace workspace = open_workspace(folder.path() / "ws");
  const std::int64_t before = workspace.training->change_counter();
  // A second connection stands for a second process: SQLite does not tell them apart.
  open_workspace(folder.path() / "ws").training->create_task(small_task());
  EXPECT_GT(workspace.training->change_counter(), before);
}

TEST(TwoProcesses, InitAtOnceAndOneOfThemMakesTheWorkspace) {
  const TemporaryFolder folder;
  const auto init = [&] {
    return error_of([&] { init_workspace(folder.path() / "ws"); }).starts_with("already_exists: ") ? 1 : 0;
  };
  const pid_t first = start_child(init);
  const pid_t second = start_child(init);
  EXPECT_EQ(exit_status_of(first) + exit_status_of(second), 1);
  EXPECT_EQ(error_of([&] { open_workspace(folder.path() / "ws").training->create_task(small_task()); }), "");
}

TEST(TwoProcesses, MigrateAtOnceAndEachMigrationIsAppliedOnce) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "x.db";
  sql::Database::create(file);
  const std::vector<sql::Migration> first_only = {{"x", 1, "CREATE TABLE a (n INTEGER);\n"}};
  std::vector<sql::Migration> both = first_only;
  both.push_back({"x", 2, "CREATE TABLE b (n INTEGER);\n"});
  const auto bring_up = [&](const std::vector<sql::Migration>& migrations) {
    sql::Database database(file);
    migrate(database, migrations);
    return 0;
  };
  bring_up(first_only);
  const pid_t first = start_child([&] { return bring_up(both); });
  const pid_t second = start_child([&] { return bring_up(both); });
  EXPECT_EQ(exit_status_of(first), 0);
  EXPECT_EQ(exit_status_of(second), 0);
}

TEST(TwoProcesses, ALockThatIsNotGivenBackIsAClearError) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "x.db";
  sql::Database::create(file);
  sql::Database database(file, 0);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const std::string error = error_of([&] { database.write([](soci::session&) {}); });
  EXPECT_TRUE(error.starts_with("overloaded: ")) << error;
  EXPECT_NE(error.find("try again"), std::string::npos);
  EXPECT_EQ(error_of([&] { database.read([](soci::session&) {}); }), "");
  sqlite3_close(other);
  EXPECT_EQ(error_of([&] { database.write([](soci::session&) {}); }), "");
}

}  // namespace
}  // namespace aisle
