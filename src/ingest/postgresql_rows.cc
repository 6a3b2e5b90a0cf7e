#include <libpq-fe.h>

#include "core/error.h"
#include "ingest/row_source.h"

namespace aisle {
namespace {

std::string trimmed(const char* message) {
  std::string text = message;
  while (text.ends_with('\n') || text.ends_with(' ')) text.pop_back();
  return text;
}

// Single-row mode (libpq, chapter 34.6): the client never holds more than one row.
class PostgresqlRows final : public RowSource {
 public:
  PostgresqlRows(const DatabaseUrl& url, const std::string& query) {
    connect(url);
    // The extended protocol takes one statement alone, so nothing can follow the SELECT.
    if (PQsendQueryParams(connection_.get(), query.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) != 1 || PQsetSingleRowMode(connection_.get()) != 1) {
      throw Error(ErrorCode::kIo, "the query could not be sent: " + trimmed(PQerrorMessage(connection_.get())));
    }
    fetch(ErrorCode::kInvalidArgument, "the query failed: ");
    for (int i = 0; i < PQnfields(row_.get()); ++i) columns_.emplace_back(PQfname(row_.get(), i));
  }

  const std::vector<std::string>& columns() const override { return columns_; }

  bool next(std::vector<Value>& values) override {
    if (is_taken_) fetch(ErrorCode::kIo, "the query broke off: ");
    if (PQresultStatus(row_.get()) != PGRES_SINGLE_TUPLE) return false;
    is_taken_ = true;
    values.resize(columns_.size());
    for (int i = 0; i < static_cast<int>(values.size()); ++i) {
      Value& value = values[static_cast<std::size_t>(i)];
      value.is_null = PQgetisnull(row_.get(), 0, i) == 1;
      value.text = {PQgetvalue(row_.get(), 0, i), static_cast<std::size_t>(PQgetlength(row_.get(), 0, i))};
    }
    return true;
  }

 private:
  void connect(const DatabaseUrl& url) {
    std::vector<std::pair<std::string, std::string>> parts = {{"connect_timeout", "10"}, {"user", url.user}, {"password", url.password}, {"host", url.host}, {"port", url.port}, {"dbname", url.path}};
    parts.insert(parts.end(), url.options.begin(), url.options.end());
    // The last value of a key counts, so these cannot be undone.
    parts.insert(parts.end(), {{"client_encoding", "UTF8"}, {"options", "-c default_transaction_read_only=on"}, {"application_name", "aisle"}});
    std::vector<const char*> keys, values;
    for (const auto& [key, value] : parts) {
      if (value.empty()) continue;
      keys.push_back(key.c_str());
      values.push_back(value.c_str());
    }
    keys.push_back(nullptr);
    values.push_back(nullptr);
    connection_.reset(PQconnectdbParams(keys.data(), values.data(), 0));
    if (PQstatus(connection_.get()) != CONNECTION_OK) throw Error(ErrorCode::kIo, "cannot connect: " + trimmed(PQerrorMessage(connection_.get())));
    PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);  // else libpq prints them
  }

  // The next row, or the empty result that ends the rows.
  void fetch(ErrorCode code, const char* what) {
    row_.reset(PQgetResult(connection_.get()));
    const ExecStatusType status = PQresultStatus(row_.get());
    if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK) return;
    const std::string why = trimmed(row_ == nullptr ? PQerrorMessage(connection_.get()) : PQresultErrorMessage(row_.get()));
    throw Error(code, what + (why.empty() ? "it gives no rows; it has to be a SELECT" : why));
  }

  struct Close {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* result) const { PQclear(result); }
  };
  std::unique_ptr<PGconn, Close> connection_;
  std::unique_ptr<PGresult, Close> row_;
  std::vector<std::string> columns_;
  bool is_taken_ = false;  // row_ was given to the caller
};

}  // namespace

std::unique_ptr<RowSource> open_postgresql(const DatabaseUrl& url, const std::string& query) { return std::make_unique<PostgresqlRows>(url, query); }

}  // namespace aisle
