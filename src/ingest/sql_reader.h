// Records of a query on a foreign database: one row at a time, read-only, the result is never held as a whole.
//   sqlite:///path    postgresql://user:password@host:port/database?sslmode=require
// Columns have the names that the query gives them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ingest/column_plan.h"
#include "ingest/record.h"
#include "ingest/row_source.h"

namespace aisle {

class SqlReader final : public RecordReader {
 public:
  // Runs the query. `plan` must outlive the reader. Throws kUsage (no query), kUnsupported (another database),
  // kInvalidArgument (the query or its columns), kNotFound or kIo (no connection). Messages never hold the password.
  SqlReader(const std::string& url, const std::string& query, const ColumnPlan& plan);

  ReadStatus next(Record& record) override;
  std::vector<std::string> unused_columns() const override;
  std::string rejects_header() const override;

 private:
  ReadStatus reject(Record& record, ProblemKind kind, std::size_t column, std::string message);

  std::string name_;  // the URL without its password
  std::unique_ptr<RowSource> rows_;
  std::vector<std::size_t> slots_;  // column -> slot
  std::vector<RowSource::Value> values_;
  std::int64_t row_ = 0;
  std::string raw_;  // the row as CSV
};

}  // namespace aisle
