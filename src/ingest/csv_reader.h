// Records of a CSV or TSV file with a header line. See csv_scan.h for the syntax; empty lines are passed over.
// Memory: one window, which grows to limits::kRowBytes at most.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "ingest/byte_source.h"
#include "ingest/column_plan.h"
#include "ingest/csv_scan.h"
#include "ingest/record.h"

namespace aisle {

class CsvReader final : public RecordReader {
 public:
  // Reads the header. `plan` must outlive the reader. Throws kInvalidArgument where the file has no usable header.
  CsvReader(std::unique_ptr<ByteSource> source, std::string file, char delimiter, const ColumnPlan& plan);

  ReadStatus next(Record& record) override;
  std::uint64_t bytes_done() const override { return window_start_ + at_; }
  std::uint64_t bytes_total() const override { return source_->total_bytes(); }
  std::vector<std::string> unused_columns() const override;
  std::string rejects_header() const override { return header_; }

  const std::vector<std::string>& columns() const { return columns_; }
  // Any cell of the record that next() has just given, wanted or not.
  void read_cell(const Record& record, std::size_t column, std::string& text) const {
    assign_cell(record.raw, scan_.cells[column], text);
  }

 private:
  void read_header(const ColumnPlan& plan);
  // Scans the next record into scan_; false at the end of the file. A record over the bound stays kNeedMore.
  bool scan_next();
  bool fill(std::size_t wanted_bytes);
  std::string_view window() const { return {buffer_.data() + at_, filled_ - at_}; }
  void advance(std::size_t bytes);
  void advance_record();
  // Where the line that holds window()[from] ends; reads on for it, up to the bound of a row.
  std::size_t line_end(std::size_t from);
  void skip_rest_of_line();
  ReadStatus accept(Record& record);
  ReadStatus reject(Record& record, ProblemKind kind, std::size_t column, std::string message);
  ReadStatus reject_broken(Record& record);

  std::unique_ptr<ByteSource> source_;
  std::string file_;
  char delimiter_;
  std::size_t first_window_bytes_ = 256 << 10;
  std::string buffer_;  // bytes [at_, filled_) are still to be read
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  bool at_end_ = false;             // the source has no more
  std::uint64_t window_start_ = 0;  // bytes of the file before buffer_
  std::int64_t line_ = 1;           // of window()'s first byte
  bool skipping_ = false;           // the rest of the present line is to be passed over
  std::uint64_t rescanned_bytes_ = 0;
  CsvRecord scan_;
  std::string header_;  // as it stands in the file
  std::vector<std::string> columns_;
  std::vector<std::size_t> slots_;  // column -> slot
};

}  // namespace aisle
