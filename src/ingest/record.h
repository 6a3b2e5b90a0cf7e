// A record: one row of a table or one line of JSONL, reduced to the columns that a task wants. Readers of all
// formats give records; ItemBuilder makes items of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/problem.h"

namespace aisle {

// One value as the file gave it.
struct Cell {
  enum class Kind {
    kAbsent,  // the column is not there, or null
    kText,
    kNumber,  // `text` is the integer in digits
    kList,    // of texts or integers, in `list`
    kOther,   // of no use here; `text` says what it is: "a number with a fraction"
  };
  Kind kind = Kind::kAbsent;
  std::string text;
  std::vector<std::string> list;
};

struct Record {
  std::int64_t row = 0;     // 1-based line where it starts (of a query's result: 1-based row)
  std::vector<Cell> cells;  // one for each slot of the ColumnPlan
  std::string_view raw;     // as it stands in the file, without its line end; valid until the next call
  Problem problem;          // why, where it was rejected

  void clear_cells() {
    for (Cell& cell : cells) cell.kind = Cell::Kind::kAbsent;
  }
};

enum class ReadStatus { kRecord, kRejected, kEnd };

// A stream of records. One reader, one thread. A bad record is kRejected and the reader goes on after it; only what
// makes the whole file useless is thrown as an Error.
class RecordReader {
 public:
  virtual ~RecordReader() = default;
  // Overwrites `record`, whose buffers are reused. `record.cells` has the plan's size.
  virtual ReadStatus next(Record& record) = 0;
  virtual std::uint64_t bytes_done() const { return 0; }
  virtual std::uint64_t bytes_total() const { return 0; }  // 0: not known
  // Columns that the file has and the task does not want; complete at the end, at most 100.
  virtual std::vector<std::string> unused_columns() const = 0;
  // The line that a file of rejected records begins with; "" for none.
  virtual std::string rejects_header() const { return {}; }
};

}  // namespace aisle
