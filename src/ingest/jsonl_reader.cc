#include "ingest/jsonl_reader.h"

#include <utility>

#include "domain/limits.h"

namespace aisle {

JsonlReader::JsonlReader(std::unique_ptr<ByteSource> source, const std::string& file, const ColumnPlan& plan)
    : blocks_(std::move(source), file), parser_(plan, file) {}

ReadStatus JsonlReader::next(Record& record) {
  std::string_view line;
  for (;;) {
    while (lines_.next(line, record.row)) {
      if (is_blank(line)) continue;
      return parser_.parse(line, LineBlock::kPaddingBytes, record) ? ReadStatus::kRecord : ReadStatus::kRejected;
    }
    if (!blocks_.next(block_)) return ReadStatus::kEnd;
    lines_ = LineCursor(block_.text(), block_.first_line);
    if (!block_.too_long) continue;
    lines_ = LineCursor({});
    record.row = block_.first_line;
    parser_.refuse_too_long(record);
    return ReadStatus::kRejected;
  }
}

std::vector<std::string> JsonlReader::unused_columns() const {
  return {parser_.unused_keys().begin(), parser_.unused_keys().end()};
}

}  // namespace aisle
