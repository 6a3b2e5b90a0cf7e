#include "storage/sql/parameters.h"

#include <nlohmann/json.hpp>

#include "codec/domain_json.h"
#include "core/error.h"

namespace aisle::sql {
namespace {

Json parse_object(const std::string& text) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object())
    throw Error(ErrorCode::kCorrupt, "stored parameters or measures are damaged; restore the workspace from a backup");
  return json;
}

// Bytes that are not UTF-8 (a path in the environment, say) must not lose a run.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string encode_parameters(const Parameters& parameters) {
  Json json = Json::object();
  for (const auto& [key, value] : parameters) json[key] = value;
  return dump(json);
}

Parameters decode_parameters(const std::string& text) {
  Parameters parameters;
  const Json json = parse_object(text);
  for (const auto& [key, value] : json.items()) {
    parameters.emplace_back(key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return parameters;
}

std::string encode_measures(const Measures& measures) {
  return dump(measures_to_json(measures));
}

Measures decode_measures(const std::string& text) {
  return measures_from_json(parse_object(text));
}

}  // namespace aisle::sql
