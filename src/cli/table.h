// Plain aligned tables for people.
#pragma once

#include <string>
#include <vector>

namespace aisle {

// First row is the heading. Columns whose cells below it are numbers, "-" or percentages are aligned right.
std::string format_table(const std::vector<std::vector<std::string>>& rows);

// "0.7952", or "-" where undefined.
std::string format_measure(double value);
// "12.3 MB", "840 kB".
std::string format_bytes(double bytes);

}  // namespace aisle
