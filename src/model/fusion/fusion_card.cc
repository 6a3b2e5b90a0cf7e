#include "model/fusion/fusion_card.h"

#include <nlohmann/json.hpp>

#include "model/card_json.h"
#include "model/fusion/members.h"

namespace aisle {

using nlohmann::json;

std::string fusion_card_to_json(const FusionParts& parts) {
  json value = card_to_json(parts.card);
  json cases = json::array();
  for (const FusionCase& one : parts.cases) add_calibration(one.calibration, cases.emplace_back(json::object()));
  value["cases"] = std::move(cases);
  return value.dump();
}

FusionParts fusion_card_from_json(std::span<const std::byte> bytes) {
  const json value = parse_card(bytes);
  FusionParts parts;
  parts.card = card_from_json(value);
  const std::size_t members = parts.card.members.size();
  if (members < 2 || members > kMostFusedMembers) refuse_card("it has " + std::to_string(members) + " members");
  try {
    const json& cases = value.at("cases");
    if (!cases.is_array() || (cases.size() != 1 && cases.size() != 3)) refuse_card("it has not one case or three");
    for (const json& one : cases) read_calibration(one, parts.cases.emplace_back().calibration);
  } catch (const json::exception& error) {
    refuse_card(error.what());
  }
  return parts;
}

}  // namespace aisle
