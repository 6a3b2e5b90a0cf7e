// Rakuten's files: X (",designation,description,productid,imageid", the first column is an index), optionally Y
// (",prdtypecode" with the same index) and a folder of pictures named image_<imageid>_product_<productid>.jpg.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ingest/column_plan.h"
#include "ingest/csv_reader.h"
#include "ingest/record.h"

namespace aisle {

// What was given, by what it holds.
struct RakutenFiles {
  std::string x;
  std::string y;         // "" for none: X may have prdtypecode itself
  std::string pictures;  // "" for none
};

// Throws kUsage where it is not one X, at most one Y and at most one folder.
RakutenFiles sort_rakuten_files(const std::vector<std::string>& sources);

// Category codes by index. Memory: 16 bytes a row.
class RakutenLabels {
 public:
  // Rows of Y that cannot be used are added to `problems`.
  RakutenLabels(const std::string& file, std::vector<Problem>& problems);

  // nullptr where Y has no such index. Marks the row as used.
  const std::string* find(std::int64_t index);
  std::size_t unused() const { return rows_.size() - used_; }

 private:
  struct Row {
    std::int64_t index;
    std::uint32_t label;
    bool used;
  };
  std::vector<Row> rows_;  // by index
  std::vector<std::string> labels_;
  std::size_t used_ = 0;
};

class RakutenReader final : public RecordReader {
 public:
  // `plan` must outlive the reader. `plan_of_x` has the same slots, and needs no label where Y brings them.
  RakutenReader(const RakutenFiles& files, const ColumnPlan& plan, std::unique_ptr<const ColumnPlan> plan_of_x);

  ReadStatus next(Record& record) override;
  std::uint64_t bytes_done() const override { return x_.bytes_done(); }
  std::uint64_t bytes_total() const override { return x_.bytes_total(); }
  std::vector<std::string> unused_columns() const override;
  std::string rejects_header() const override;

 private:
  std::size_t column(const char* name) const;
  ReadStatus join(Record& record);
  ReadStatus finish(Record& record);
  void keep_joined(Record& record, std::string_view label);
  void name_picture(Record& record);

  RakutenFiles files_;
  const ColumnPlan& plan_;
  std::unique_ptr<const ColumnPlan> plan_of_x_;
  CsvReader x_;
  std::vector<Problem> problems_;  // of Y, to be given first; the next one last
  std::optional<RakutenLabels> y_;
  std::size_t index_ = 0, product_ = 0, image_ = 0;  // columns of X
  std::string text_, raw_;
};

}  // namespace aisle
