// The weights of a weighted sum of class probabilities, from items that no member was trained on.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/progress.h"
#include "domain/task.h"
#include "train/fused_members.h"

namespace aisle {

// One weight a member, at least 0, their sum 1: those with the least log loss of the mixture once it is calibrated (a
// linear opinion pool: Stone 1961; fitted as stacking does: Wolpert 1992). What a member does not know of an item is
// shared by those that know, as the model itself does. rows: places in the panel; use: [members], 1 for those that may
// have a weight. Without rows they weigh the same. kCancelled.
std::vector<float> fit_mixture(const HeldOutPanel& panel, const ItemTruth& truth, std::span<const std::uint32_t> rows,
                               std::span<const std::uint8_t> use, TaskKind kind, const CancelToken& cancel);

}  // namespace aisle
