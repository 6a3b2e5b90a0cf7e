// A member's answers for every item, each by a model that did not see it: for who learns from answers on all of the
// data, where the member's own training held out a part alone.
#pragma once

#include "train/fused_members.h"

namespace aisle {

// Trains the member once for each of five folds, on the other four.
HeldOutAnswers cross_fit(const TrainRequest& request, const TrainCallbacks& callbacks, const ItemTruth& truth,
                         const TrainedMember& member);

}  // namespace aisle
