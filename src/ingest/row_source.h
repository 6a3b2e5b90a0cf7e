// Rows of a query on a foreign database, one at a time, as text.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aisle {

class RowSource {
 public:
  // One value; null where `is_null`. Valid until the next row.
  struct Value {
    std::string_view text;
    bool is_null = false;
  };

  virtual ~RowSource() = default;
  virtual const std::vector<std::string>& columns() const = 0;
  // Overwrites `values`, one for each column; false at the end. Throws kIo where the result breaks off.
  virtual bool next(std::vector<Value>& values) = 0;
};

// What a database's URL says.
struct DatabaseUrl {
  std::string scheme;  // "sqlite", "postgresql"
  std::string user, password, host, port;
  std::string path;  // the database's name or file, decoded
  std::vector<std::pair<std::string, std::string>> options;
};

// RFC 3986 with percent-decoding. Throws kInvalidArgument, without the password in the message.
DatabaseUrl parse_database_url(const std::string& url);

// Both connect read-only and start the query, which has to be one statement that gives rows. They throw kNotFound or
// kIo (no connection) and kInvalidArgument (the query).
std::unique_ptr<RowSource> open_sqlite(const DatabaseUrl& url, const std::string& query);
std::unique_ptr<RowSource> open_postgresql(const DatabaseUrl& url, const std::string& query);

}  // namespace aisle
