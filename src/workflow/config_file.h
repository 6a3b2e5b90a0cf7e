// Reading the JSON files that lie beside pretrained weights.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "codec/json_parse.h"
#include "core/error.h"
#include "core/files.h"

namespace aisle {

// Runs `read`, which takes values out of the file's JSON; what is missing or of another kind is named with the file.
template <typename Read>
auto reading(const std::filesystem::path& file, Read read) {
  try {
    return read();
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorCode::kInvalidArgument, "a value is missing or of another kind", {{"file", file.string()}});
  } catch (const Error& error) {
    throw error.with("file", file.string());
  }
}

inline nlohmann::json read_config(const std::filesystem::path& file) {
  constexpr std::size_t kMostConfigBytes = 1 << 20;
  return reading(file, [&] { return parse_json(read_file(file, kMostConfigBytes)); });
}

}  // namespace aisle
