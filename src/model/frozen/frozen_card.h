// What a frozen model's file says beside its arrays.
#pragma once

#include <span>
#include <string>

#include "model/frozen/frozen_model.h"

namespace aisle {

std::string frozen_card_to_json(const FrozenParts& parts);

// Fills card, encoder and the calibration's top. kCorrupt where something is missing, of another type or out
// of range.
FrozenParts frozen_card_from_json(std::span<const std::byte> bytes);

}  // namespace aisle
