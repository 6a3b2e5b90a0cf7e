// What tests/reference/make_networks.py wrote: weights, inputs and outputs of one network.
#pragma once

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "model/network/formats/weight_file.h"

namespace aisle {

inline network::WeightFile reference_file(const std::string& name) {
  return network::WeightFile::open(std::filesystem::path(AISLE_TEST_DATA) / "networks" / (name + ".safetensors"));
}

inline std::vector<float> floats(const network::WeightSource& file, const std::string& name) {
  return network::to_floats(file.find(name).value());
}

inline std::vector<std::int32_t> wholes(const network::WeightSource& file, const std::string& name) {
  const network::TensorView view = file.find(name).value();
  std::vector<std::int32_t> values;
  for (std::size_t i = 0; i < view.bytes.size(); i += sizeof(std::int64_t)) {
    std::int64_t value = 0;
    std::memcpy(&value, view.bytes.data() + i, sizeof value);
    values.push_back(static_cast<std::int32_t>(value));
  }
  return values;
}

}  // namespace aisle
