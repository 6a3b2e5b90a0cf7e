// Finds the cells of one CSV or TSV record in a window of bytes (RFC 4180). Pure: no state between calls.
//
// A field that starts with a quote ends at the next lone quote; two quotes within stand for one; line breaks within
// belong to it. A quote elsewhere is an ordinary character. Records end with LF, CRLF or CR.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aisle {

// A cell's bytes in the window, quotes around it excluded.
struct CsvSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool doubled = false;  // has doubled quotes
};

enum class CsvStatus {
  kRecord,
  kNeedMore,   // the window ends inside the record
  kUnclosed,   // the file ends inside quotes
  kStrayText,  // text after a closing quote
};

struct CsvRecord {
  CsvStatus status = CsvStatus::kRecord;
  std::size_t size = 0;       // bytes looked at; of a record, its line end included
  std::size_t text_size = 0;  // of a record, without its line end
  bool in_quotes = false;     // kNeedMore: the window ends inside quotes
  std::size_t cell_count = 0;
  std::vector<CsvSpan> cells;  // at most limits::kColumns are kept, all are counted
};

// `at_end`: nothing follows the window. The window is not empty. `record` is overwritten.
void scan_csv(std::string_view window, bool at_end, char delimiter, CsvRecord& record);

// A cell's text: doubled quotes are halved.
void assign_cell(std::string_view window, const CsvSpan& span, std::string& text);

}  // namespace aisle
