// Writes CSV (RFC 4180): cells are quoted where they have to be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aisle {

// Appends `cell`, quoted where it holds the delimiter, a quote or a line break, or `always`.
void append_csv_cell(std::string& line, std::string_view cell, char delimiter = ',', bool always = false);

// One record without its line end. A record of one empty cell is written "" so that it is no empty line.
std::string csv_record(const std::vector<std::string>& cells, char delimiter = ',');

}  // namespace aisle
