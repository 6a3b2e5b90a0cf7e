// Architectures as tables: what `aisle network` shows. Needs no workspace.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aisle {

struct NetworkRow {
  std::string operation;  // its name
  std::string kind;       // "conv2d"
  std::string shape;      // of its result: "N x [64, 112, 112]"
  std::uint64_t parameters = 0;
  std::uint64_t multiply_adds = 0;  // for one item
};

struct NetworkTable {
  std::string name;
  std::string about;
  std::vector<NetworkRow> rows;
  std::vector<std::pair<std::string, std::string>> outputs;  // name and operation
  std::uint64_t parameters = 0;
  std::uint64_t multiply_adds = 0;
};

// With a head of `classes`, 0 for none; a text of `tokens`. kNotFound with the names that there are; kInvalidArgument.
NetworkTable describe_network(std::string_view name, std::int64_t classes, std::int64_t tokens);

// The same without rows, for each architecture as it was published.
std::vector<NetworkTable> list_networks();

}  // namespace aisle
