#include <dlfcn.h>
#include <libpq-fe.h>

#include <vector>

#include "core/error.h"
#include "ingest/row_source.h"

namespace aisle {
namespace {

// libpq brings twenty libraries (Kerberos, LDAP, TLS) and 4 ms to the start of every command, so it is opened when a
// PostgreSQL database is read, not linked. It is never closed: the libraries behind it do not like that.
class Libpq {
  void* handle_ = ::dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);

  template <typename Function>
  Function* find(const char* name) const {
    void* symbol = handle_ == nullptr ? nullptr : ::dlsym(handle_, name);
    if (symbol != nullptr) return reinterpret_cast<Function*>(symbol);
    throw Error(ErrorCode::kUnsupported,
                "PostgreSQL's client library (libpq.so.5, Debian's libpq5) is missing or too old; install it");
  }

 public:
  decltype(::PQconnectdbParams)* connect = find<decltype(::PQconnectdbParams)>("PQconnectdbParams");
  decltype(::PQfinish)* finish = find<decltype(::PQfinish)>("PQfinish");
  decltype(::PQstatus)* status = find<decltype(::PQstatus)>("PQstatus");
  decltype(::PQerrorMessage)* error_message = find<decltype(::PQerrorMessage)>("PQerrorMessage");
  decltype(::PQsetNoticeProcessor)* set_notice_processor =
      find<decltype(::PQsetNoticeProcessor)>("PQsetNoticeProcessor");
  decltype(::PQsendQueryParams)* send_query = find<decltype(::PQsendQueryParams)>("PQsendQueryParams");
  decltype(::PQsetSingleRowMode)* set_single_row_mode = find<decltype(::PQsetSingleRowMode)>("PQsetSingleRowMode");
  decltype(::PQgetResult)* get_result = find<decltype(::PQgetResult)>("PQgetResult");
  decltype(::PQclear)* clear = find<decltype(::PQclear)>("PQclear");
  decltype(::PQresultStatus)* result_status = find<decltype(::PQresultStatus)>("PQresultStatus");
  decltype(::PQresultErrorMessage)* result_error_message =
      find<decltype(::PQresultErrorMessage)>("PQresultErrorMessage");
  decltype(::PQnfields)* field_count = find<decltype(::PQnfields)>("PQnfields");
  decltype(::PQfname)* field_name = find<decltype(::PQfname)>("PQfname");
  decltype(::PQgetisnull)* is_null = find<decltype(::PQgetisnull)>("PQgetisnull");
  decltype(::PQgetvalue)* value = find<decltype(::PQgetvalue)>("PQgetvalue");
  decltype(::PQgetlength)* length = find<decltype(::PQgetlength)>("PQgetlength");
};

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
    if (libpq_.send_query(connection_.get(), query.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) != 1 ||
        libpq_.set_single_row_mode(connection_.get()) != 1) {
      throw Error(ErrorCode::kIo, "the query could not be sent: " + trimmed(libpq_.error_message(connection_.get())));
    }
    fetch(ErrorCode::kInvalidArgument, "the query failed: ");
    for (int i = 0; i < libpq_.field_count(row_.get()); ++i) columns_.emplace_back(libpq_.field_name(row_.get(), i));
  }

  const std::vector<std::string>& columns() const override { return columns_; }

  bool next(std::vector<Value>& values) override {
    if (is_taken_) fetch(ErrorCode::kIo, "the query broke off: ");
    if (libpq_.result_status(row_.get()) != PGRES_SINGLE_TUPLE) return false;
    is_taken_ = true;
    values.resize(columns_.size());
    for (int i = 0; i < static_cast<int>(values.size()); ++i) {
      Value& value = values[static_cast<std::size_t>(i)];
      value.is_null = libpq_.is_null(row_.get(), 0, i) == 1;
      value.text = {libpq_.value(row_.get(), 0, i), static_cast<std::size_t>(libpq_.length(row_.get(), 0, i))};
    }
    return true;
  }

 private:
  void connect(const DatabaseUrl& url) {
    std::vector<std::pair<std::string, std::string>> parts = {{"connect_timeout", "10"},  {"user", url.user},
                                                              {"password", url.password}, {"host", url.host},
                                                              {"port", url.port},         {"dbname", url.path}};
    parts.insert(parts.end(), url.options.begin(), url.options.end());
    // The last value of a key counts, so these cannot be undone.
    parts.insert(parts.end(), {{"client_encoding", "UTF8"},
                               {"options", "-c default_transaction_read_only=on"},
                               {"application_name", "aisle"}});
    std::vector<const char*> keys, values;
    for (const auto& [key, value] : parts) {
      if (value.empty()) continue;
      keys.push_back(key.c_str());
      values.push_back(value.c_str());
    }
    keys.push_back(nullptr);
    values.push_back(nullptr);
    connection_.reset(libpq_.connect(keys.data(), values.data(), 0));
    if (libpq_.status(connection_.get()) != CONNECTION_OK)
      throw Error(ErrorCode::kIo, "cannot connect: " + trimmed(libpq_.error_message(connection_.get())));
    libpq_.set_notice_processor(
        connection_.get(), [](void*, const char*) {}, nullptr);  // else libpq prints them
  }

  // The next row, or the empty result that ends the rows.
  void fetch(ErrorCode code, const char* what) {
    row_.reset(libpq_.get_result(connection_.get()));
    const ExecStatusType status = libpq_.result_status(row_.get());
    if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK) return;
    const std::string why =
        trimmed(row_ == nullptr ? libpq_.error_message(connection_.get()) : libpq_.result_error_message(row_.get()));
    throw Error(code, what + (why.empty() ? "it gives no rows; it has to be a SELECT" : why));
  }

  Libpq libpq_;
  std::unique_ptr<PGconn, decltype(::PQfinish)*> connection_{nullptr, libpq_.finish};
  std::unique_ptr<PGresult, decltype(::PQclear)*> row_{nullptr, libpq_.clear};
  std::vector<std::string> columns_;
  bool is_taken_ = false;  // row_ was given to the caller
};

}  // namespace

std::unique_ptr<RowSource> open_postgresql(const DatabaseUrl& url, const std::string& query) {
  return std::make_unique<PostgresqlRows>(url, query);
}

}  // namespace aisle
