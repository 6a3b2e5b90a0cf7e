// The frequent queries use an index and sort nothing, so that they stay fast at a million items (SPEC D9).
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "storage/sql/item_queries.h"
#include "storage_support.h"

namespace aisle::sql {
namespace {

class Queries : public testing::Test {
 protected:
  Queries() {
    init_workspace(folder_.path() / "ws");
    sqlite3_open((folder_.path() / "ws" / "training.db").c_str(), &database_);
  }
  ~Queries() override { sqlite3_close(database_); }

  // One line a step, as EXPLAIN QUERY PLAN shows them.
  std::string plan(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database_, ("EXPLAIN QUERY PLAN " + sql).c_str(), -1, &statement, nullptr) != SQLITE_OK) {
      return sqlite3_errmsg(database_);
    }
    std::string text;
    while (sqlite3_step(statement) == SQLITE_ROW)
      text += std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, 3))) + "\n";
    sqlite3_finalize(statement);
    return text;
  }

  void expect_fast(const std::string& sql) {
    const std::string steps = plan(sql);
    EXPECT_NE(steps.find("SEARCH"), std::string::npos) << steps;
    EXPECT_EQ(steps.find("SCAN"), std::string::npos) << steps;
    EXPECT_EQ(steps.find("TEMP B-TREE"), std::string::npos) << steps;
  }

  TemporaryFolder folder_;
  sqlite3* database_ = nullptr;
};

TEST_F(Queries, D9_AnItemIsFoundByAnIndex) {
  expect_fast(find_query());
}

TEST_F(Queries, D9_APageIsReadFromAnIndexInItsOrder) {
  ItemFilter filter;
  expect_fast(list_query(filter));
  filter.state = ItemState::kProposal;
  expect_fast(list_query(filter));
  EXPECT_NE(plan(list_query(filter)).find("items_by_state (task_id=? AND state=? AND id>?)"), std::string::npos)
      << plan(list_query(filter));
  filter.label = "a";
  expect_fast(list_query(filter));
  filter.state.reset();
  expect_fast(list_query(filter));
}

}  // namespace
}  // namespace aisle::sql
