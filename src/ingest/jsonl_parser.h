// One line of JSONL to a record. The whole line is checked to be JSON (RFC 8259) with UTF-8 inside and bounded depth,
// also where a value is not wanted. One parser a thread; its buffers are reused.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/column_plan.h"
#include "ingest/record.h"

namespace aisle {

class JsonlParser {
 public:
  // `plan` must outlive the parser.
  JsonlParser(const ColumnPlan& plan, std::string file);
  ~JsonlParser();
  JsonlParser(JsonlParser&&) noexcept;

  // Fills `record`'s cells from `line`, behind which `readable_bytes` more may be read (LineBlock::kPaddingBytes saves
  // a copy). False where the line is no JSON object within the bounds; record.problem says why.
  bool parse(std::string_view line, std::size_t readable_bytes, Record& record);

  // What is said about a line over limits::kRowBytes, which nobody holds.
  void refuse_too_long(Record& record);

  // Keys seen that are not wanted, at most 100.
  const std::set<std::string, std::less<>>& unused_keys() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aisle
