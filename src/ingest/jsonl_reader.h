// Records of a JSONL file, one object a line. Empty lines are passed over. Memory: one block.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ingest/block_reader.h"
#include "ingest/jsonl_parser.h"
#include "ingest/record.h"

namespace aisle {

class JsonlReader final : public RecordReader {
 public:
  // `plan` must outlive the reader.
  JsonlReader(std::unique_ptr<ByteSource> source, const std::string& file, const ColumnPlan& plan);

  ReadStatus next(Record& record) override;
  std::uint64_t bytes_done() const override { return blocks_.bytes_done(); }
  std::uint64_t bytes_total() const override { return blocks_.bytes_total(); }
  std::vector<std::string> unused_columns() const override;

 private:
  BlockReader blocks_;
  JsonlParser parser_;
  LineBlock block_;
  LineCursor lines_{{}};
};

}  // namespace aisle
