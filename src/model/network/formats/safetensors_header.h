// The JSON header of a safetensors file, parsed without building a tree: what it costs is bounded by its size.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/network/tensor.h"

namespace aisle::network {

struct HeaderEntry {
  std::string name;
  std::string dtype;
  Dims shape;
  std::uint64_t begin = 0;  // of the data, which start after the header
  std::uint64_t end = 0;
};

// Every tensor has all of its three keys. kCorrupt, kTooLarge.
std::vector<HeaderEntry> parse_header(std::string_view json);

}  // namespace aisle::network
