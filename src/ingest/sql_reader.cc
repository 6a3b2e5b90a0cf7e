#include "ingest/sql_reader.h"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <deque>
#include <filesystem>

#include "core/error.h"
#include "domain/limits.h"
#include "ingest/csv_write.h"
#include "ingest/format.h"
#include "ingest/text_check.h"

namespace aisle {
namespace {

// libpq's form: key='value' with ' and \ escaped.
std::string libpq_pair(const std::string& key, const std::string& value) {
  std::string text = key + "='";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "' ";
}

std::string postgresql_connection(const DatabaseUrl& url) {
  std::string text = libpq_pair("connect_timeout", "10");
  const std::pair<const char*, const std::string&> parts[] = {
      {"user", url.user}, {"password", url.password}, {"host", url.host}, {"port", url.port}, {"dbname", url.path}};
  for (const auto& [key, value] : parts) {
    if (!value.empty()) text += libpq_pair(key, value);
  }
  for (const auto& [key, value] : url.options) text += libpq_pair(key, value);
  // The last value of a key counts, so these cannot be undone. singlerows is SOCI's: without it, it holds whole results.
  return text + libpq_pair("client_encoding", "UTF8") + libpq_pair("options", "-c default_transaction_read_only=on") + "singlerows=true";
}

// The three slashes of sqlite:///x are read in both ways that people write: the file /x, else x in this folder.
std::string sqlite_connection(const DatabaseUrl& url) {
  namespace fs = std::filesystem;
  const std::string rooted = "/" + url.path;
  const std::string path = fs::exists(rooted) ? rooted : url.path;
  if (!url.host.empty()) throw Error(ErrorCode::kInvalidArgument, "a SQLite URL has three slashes: sqlite:///path/to/file");
  if (path.empty() || !fs::is_regular_file(path)) throw Error(ErrorCode::kNotFound, "no such database file: " + rooted + " (nor " + url.path + " in this folder)", {{"file", url.path}});
  if (path.find('"') != std::string::npos) throw Error(ErrorCode::kUnsupported, "a database file with a quote in its name is not opened", {{"file", path}});
  return "dbname=\"" + path + "\" readonly=true";
}

std::unique_ptr<soci::session> connect(const DatabaseUrl& url) {
  if (url.scheme == "sqlite") return std::make_unique<soci::session>(*soci::factory_sqlite3(), sqlite_connection(url));
  if (url.scheme == "postgresql") return std::make_unique<soci::session>(*soci::factory_postgresql(), postgresql_connection(url));
  throw Error(ErrorCode::kUnsupported, "databases are read by sqlite:///path and postgresql://user@host/database, not by " + url.scheme + "://");
}

}  // namespace

struct SqlReader::State {
  State(const std::string& url, const ColumnPlan& wanted) : plan(wanted), name(without_password(url)) {}

  const ColumnPlan& plan;
  std::string name;
  std::unique_ptr<soci::session> session;
  std::unique_ptr<soci::details::statement_impl> statement;
  std::vector<std::string> columns;
  std::vector<std::size_t> slots;
  std::deque<std::string> values;  // bound to the statement: must not move
  std::deque<soci::indicator> indicators;
  std::int64_t row = 0;
  std::string raw;

  // Everything as text: a database's own types say less than its text form, and SQLite's are no promise.
  void run(const std::string& query) {
    statement = std::make_unique<soci::details::statement_impl>(*session);
    statement->alloc();
    statement->prepare(query, soci::details::st_repeatable_query);
    const int count = statement->get_backend()->prepare_for_describe();
    if (count < 1) throw Error(ErrorCode::kInvalidArgument, "the query gives no columns; it has to be a SELECT", {{"file", name}});
    for (int i = 1; i <= count; ++i) {
      soci::data_type type{};
      statement->get_backend()->describe_column(i, type, columns.emplace_back());
      statement->exchange(soci::into(values.emplace_back(), indicators.emplace_back()));
    }
    if (columns.size() > limits::kColumns) throw Error(ErrorCode::kTooLarge, "the query gives " + std::to_string(count) + " columns, at most " + std::to_string(limits::kColumns) + " are read", {{"file", name}});
    slots = plan.slots_of_header(columns, name);
    statement->define_and_bind();
    statement->execute(false);
  }

  ReadStatus take_row(Record& record) {
    record.clear_cells();
    record.row = ++row;
    std::size_t size_bytes = 0;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (indicators[i] == soci::i_null) values[i].clear();
      size_bytes += values[i].size();
    }
    if (size_bytes > limits::kRowBytes) {
      record.raw = {};
      return reject(record, ProblemKind::kTooLarge, columns.size(), "the row has more than " + std::to_string(limits::kRowBytes) + " bytes");
    }
    raw = csv_record({values.begin(), values.end()});
    record.raw = raw;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (slots[i] == ColumnPlan::kUnused) continue;
      const std::string fault = text_fault(values[i]);
      if (!fault.empty()) return reject(record, ProblemKind::kEncoding, i, fault);
      if (indicators[i] == soci::i_null) continue;
      Cell& cell = record.cells[slots[i]];
      cell.kind = Cell::Kind::kText;
      std::swap(cell.text, values[i]);
    }
    return ReadStatus::kRecord;
  }

  ReadStatus reject(Record& record, ProblemKind kind, std::size_t column, std::string message) {
    record.problem = {kind, name, row, column < columns.size() ? columns[column] : "", "", std::move(message)};
    return ReadStatus::kRejected;
  }
};

SqlReader::SqlReader(const std::string& url, const std::string& query, const ColumnPlan& plan) : state_(std::make_unique<State>(url, plan)) {
  if (query.empty()) throw Error(ErrorCode::kUsage, "a database needs --query \"SELECT ...\"");
  const DatabaseUrl parts = parse_database_url(url);
  try {
    state_->session = connect(parts);
  } catch (const soci::soci_error& error) {
    throw Error(ErrorCode::kIo, "cannot connect: " + error.get_error_message(), {{"file", state_->name}});
  }
  try {
    state_->run(query);
  } catch (const soci::soci_error& error) {
    throw Error(ErrorCode::kInvalidArgument, "the query failed: " + error.get_error_message(), {{"file", state_->name}});
  }
}

SqlReader::~SqlReader() = default;

ReadStatus SqlReader::next(Record& record) {
  try {
    return state_->statement->fetch() ? state_->take_row(record) : ReadStatus::kEnd;
  } catch (const soci::soci_error& error) {
    throw Error(ErrorCode::kIo, "the query broke off: " + error.get_error_message(), {{"file", state_->name}, {"row", std::to_string(state_->row + 1)}});
  }
}

std::vector<std::string> SqlReader::unused_columns() const {
  constexpr std::size_t kMaxListed = 100;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < state_->columns.size() && names.size() < kMaxListed; ++i) {
    if (state_->slots[i] == ColumnPlan::kUnused) names.push_back(state_->columns[i]);
  }
  return names;
}

std::string SqlReader::rejects_header() const { return csv_record(state_->columns); }

}  // namespace aisle
