// The part of a model file's card that every kind of model has, as JSON. For .cc files of models only.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "model/archive.h"
#include "model/calibration.h"
#include "model/classifier.h"

namespace aisle {

// The section that holds it, and the one that names the kind of model.
inline constexpr std::string_view kCardSection = "card";
inline constexpr std::string_view kKindSection = "kind";

// Throws kCorrupt: "the model file's card is broken: ...".
[[noreturn]] void refuse_card(const std::string& what);

nlohmann::json card_to_json(const ModelCard& card);

// Throws kCorrupt where something is missing, of another type or out of range.
ModelCard card_from_json(const nlohmann::json& json);

// Top scale, beside the card's other keys; slope and offset are arrays of the file. kCorrupt where one is out
// of range.
void add_calibration(const Calibration& calibration, nlohmann::json& card);
void read_calibration(const nlohmann::json& card, Calibration& calibration);

// A section's JSON object; bounded in size and depth. kCorrupt.
nlohmann::json parse_card(std::span<const std::byte> bytes);

}  // namespace aisle
