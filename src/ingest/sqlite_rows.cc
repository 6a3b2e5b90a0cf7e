#include <sqlite3.h>

#include <filesystem>

#include "core/error.h"
#include "ingest/row_source.h"

namespace aisle {
namespace {

namespace fs = std::filesystem;

// The three slashes of sqlite:///x are read in both ways that people write: the file /x, else x in this folder.
std::string file_of(const DatabaseUrl& url) {
  if (!url.host.empty())
    throw Error(ErrorCode::kInvalidArgument, "a SQLite URL has three slashes: sqlite:///path/to/file");
  for (const std::string& path : {"/" + url.path, url.path}) {
    if (fs::is_regular_file(path)) return path;
  }
  throw Error(ErrorCode::kNotFound, "no such database file: /" + url.path + ", nor " + url.path + " in this folder",
              {{"file", url.path}});
}

class SqliteRows final : public RowSource {
 public:
  SqliteRows(const std::string& file, const std::string& query) {
    sqlite3* opened = nullptr;
    const int status = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
    database_.reset(opened);
    if (status != SQLITE_OK)
      throw Error(ErrorCode::kIo, "cannot open the database " + file + ": " + message(), {{"file", file}});
    sqlite3_busy_timeout(opened, 10'000);
    prepare(query);
  }

  const std::vector<std::string>& columns() const override { return columns_; }

  bool next(std::vector<Value>& values) override {
    if (done_) return false;  // another step would begin again
    const int status = sqlite3_step(statement_.get());
    done_ = status == SQLITE_DONE;
    if (done_) return false;
    if (status != SQLITE_ROW) throw Error(ErrorCode::kIo, "the query broke off: " + message());
    values.resize(columns_.size());
    for (int i = 0; i < static_cast<int>(values.size()); ++i) {
      Value& value = values[static_cast<std::size_t>(i)];
      value.is_null = sqlite3_column_type(statement_.get(), i) == SQLITE_NULL;
      // text first, then bytes: the other order may give the size of another encoding
      const unsigned char* text = sqlite3_column_text(statement_.get(), i);
      value.text = {reinterpret_cast<const char*>(text),
                    text == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), i))};
    }
    return true;
  }

 private:
  std::string message() const { return sqlite3_errmsg(database_.get()); }

  void prepare(const std::string& query) {
    sqlite3_stmt* prepared = nullptr;
    const char* rest = nullptr;
    const int status =
        sqlite3_prepare_v2(database_.get(), query.data(), static_cast<int>(query.size()), &prepared, &rest);
    statement_.reset(prepared);
    if (status != SQLITE_OK) throw Error(ErrorCode::kInvalidArgument, "the query failed: " + message());
    const std::string_view after(rest, static_cast<std::size_t>(query.data() + query.size() - rest));
    if (after.find_first_not_of(" \t\r\n;") != std::string_view::npos)
      throw Error(ErrorCode::kInvalidArgument, "the query is more than one statement; give one SELECT");
    for (int i = 0; i < sqlite3_column_count(prepared); ++i) columns_.emplace_back(sqlite3_column_name(prepared, i));
  }

  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3, Close> database_;
  std::unique_ptr<sqlite3_stmt, Close> statement_;
  std::vector<std::string> columns_;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<RowSource> open_sqlite(const DatabaseUrl& url, const std::string& query) {
  return std::make_unique<SqliteRows>(file_of(url), query);
}

}  // namespace aisle
