#include "ingest/csv_write.h"

namespace aisle {

void append_csv_cell(std::string& line, std::string_view cell, char delimiter, bool always) {
  const char special[] = {delimiter, '"', '\n', '\r'};
  if (!always && cell.find_first_of({special, sizeof special}) == std::string_view::npos) {
    line += cell;
    return;
  }
  line += '"';
  for (const char c : cell) {
    line += c;
    if (c == '"') line += c;
  }
  line += '"';
}

std::string csv_record(const std::vector<std::string>& cells, char delimiter) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += delimiter;
    append_csv_cell(line, cells[i], delimiter, cells.size() == 1 && cells[i].empty());
  }
  return line;
}

}  // namespace aisle
