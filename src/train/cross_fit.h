// A member's answers for every item, each by a model that did not see it: for who learns from answers on all of the
// data, where the member's own training held out a part alone.
#pragma once

#include <cstdint>
#include <span>

#include "train/fused_members.h"

namespace aisle {

// Trains the member once for each of five folds, on the other four, and asks it for the items of the fold that are
// wanted. [items]: 1 for those. A label that stands in one fold alone is unknown to that fold's model: its share of all
// items stands for its probability. The items of a fold whose others have fewer than two labels are left out.
HeldOutAnswers cross_fit(const TrainRequest& request, const TrainCallbacks& callbacks, const ItemTruth& truth,
                         const TrainedMember& member, std::span<const std::uint8_t> wanted);

}  // namespace aisle
