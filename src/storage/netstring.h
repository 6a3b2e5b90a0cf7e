// Lists of byte strings as one string: "5:hello,3:you," (netstrings, D. J. Bernstein 1997). Readable in a database
// shell, any byte may stand in a part, and reading costs no parser.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aisle {

// Overwrites `out`.
void join_netstrings(std::span<const std::string> parts, std::string& out);
std::string join_netstrings(std::span<const std::string> parts);

// Overwrites `parts`; their memory is used again. kCorrupt when `text` is not what join_netstrings made.
void split_netstrings(std::string_view text, std::vector<std::string>& parts);

}  // namespace aisle
