// What a fused model's file says beside its arrays and its members.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "model/fusion/fusion_model.h"

namespace aisle {

// How many cases there are follows from the members; slopes and offsets are arrays of the file.
std::string fusion_card_to_json(const FusionParts& parts);

// Fills card and the cases' top scales. kCorrupt where something is missing, of another type or out of range.
FusionParts fusion_card_from_json(std::span<const std::byte> bytes);

}  // namespace aisle
