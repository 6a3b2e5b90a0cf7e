#include "ingest/sql_reader.h"

#include "core/error.h"
#include "domain/limits.h"
#include "ingest/csv_write.h"
#include "ingest/format.h"
#include "ingest/text_check.h"

namespace aisle {
namespace {

std::unique_ptr<RowSource> open_rows(const std::string& text, const std::string& query) {
  if (query.empty()) throw Error(ErrorCode::kUsage, "a database needs --query \"SELECT ...\"");
  const DatabaseUrl url = parse_database_url(text);
  if (url.scheme == "sqlite") return open_sqlite(url, query);
  if (url.scheme == "postgresql") return open_postgresql(url, query);
  throw Error(ErrorCode::kUnsupported,
              "databases are read by sqlite:///path and postgresql://user@host/database, not by " + url.scheme + "://");
}

}  // namespace

SqlReader::SqlReader(const std::string& url, const std::string& query, const ColumnPlan& plan)
    : name_(without_password(url)), rows_(open_rows(url, query)) {
  const std::vector<std::string>& columns = rows_->columns();
  if (columns.empty())
    throw Error(ErrorCode::kInvalidArgument, "the query gives no rows; it has to be a SELECT", {{"file", name_}});
  if (columns.size() > limits::kColumns) {
    throw Error(ErrorCode::kTooLarge,
                "the query gives " + std::to_string(columns.size()) + " columns, at most " +
                    std::to_string(limits::kColumns) + " are read",
                {{"file", name_}});
  }
  slots_ = plan.slots_of_header(columns, "the query's result");
}

ReadStatus SqlReader::next(Record& record) {
  if (!rows_->next(values_)) return ReadStatus::kEnd;
  record.row = ++row_;
  record.raw = {};
  record.clear_cells();
  std::size_t size_bytes = 0;
  for (const RowSource::Value& value : values_) size_bytes += value.text.size();
  if (size_bytes > limits::kRowBytes) {
    return reject(record, ProblemKind::kTooLarge, values_.size(),
                  "the row has more than " + std::to_string(limits::kRowBytes) + " bytes");
  }
  raw_.clear();
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (i > 0) raw_ += ',';
    append_csv_cell(raw_, values_[i].text);
  }
  record.raw = raw_;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (slots_[i] == ColumnPlan::kUnused || values_[i].is_null) continue;
    const std::string fault = text_fault(values_[i].text);
    if (!fault.empty()) return reject(record, ProblemKind::kEncoding, i, fault);
    Cell& cell = record.cells[slots_[i]];
    cell.kind = Cell::Kind::kText;
    cell.text = values_[i].text;
  }
  return ReadStatus::kRecord;
}

ReadStatus SqlReader::reject(Record& record, ProblemKind kind, std::size_t column, std::string message) {
  const std::vector<std::string>& columns = rows_->columns();
  record.problem = {kind, name_, row_, column < columns.size() ? columns[column] : "", "", std::move(message)};
  return ReadStatus::kRejected;
}

std::vector<std::string> SqlReader::unused_columns() const {
  constexpr std::size_t kMaxListed = 100;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < slots_.size() && names.size() < kMaxListed; ++i) {
    if (slots_[i] == ColumnPlan::kUnused) names.push_back(rows_->columns()[i]);
  }
  return names;
}

std::string SqlReader::rejects_header() const {
  return csv_record(rows_->columns());
}

}  // namespace aisle
