// Records of a query on a foreign database: one row at a time, read-only, the result is never held as a whole.
//   sqlite:///path    postgresql://user:password@host:port/database?sslmode=require
// Columns have the names that the query gives them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ingest/column_plan.h"
#include "ingest/record.h"

namespace aisle {

class SqlReader final : public RecordReader {
 public:
  // Runs the query. `plan` must outlive the reader. Throws kUsage (no query), kUnsupported (another database),
  // kInvalidArgument (the query or its columns), kIo (no connection). Messages never hold the password.
  SqlReader(const std::string& url, const std::string& query, const ColumnPlan& plan);
  ~SqlReader() override;

  ReadStatus next(Record& record) override;
  std::vector<std::string> unused_columns() const override;
  std::string rejects_header() const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What a database's URL says.
struct DatabaseUrl {
  std::string scheme;  // "sqlite", "postgresql"
  std::string user, password, host, port;
  std::string path;    // the database's name or file, decoded
  std::vector<std::pair<std::string, std::string>> options;
};

// RFC 3986 with percent-decoding. Throws kInvalidArgument, without the password in the message.
DatabaseUrl parse_database_url(const std::string& url);

}  // namespace aisle
