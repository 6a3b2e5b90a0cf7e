// Small tasks: which n-grams and which step are best is found by cross-validation inside the training items, and the
// model is then fitted on all of them. Seconds for a few thousand items.
#pragma once

#include <vector>

#include "train/linear_data.h"
#include "train/linear_fit.h"
#include "train/linear_options.h"

namespace aisle {

struct SearchResult {
  NgramOptions ngrams;
  FitPlan plan;
  SparseSet held_out;         // every item once, scored by a fit that did not see it (features left out)
  std::vector<float> logits;  // [items, classes] of them
};

// items: with final label numbers. plan: what is not searched. The user's own choices in `options` are kept.
SearchResult search_small(const std::vector<TrainItem>& items, const NgramOptions& ngrams, const FitPlan& plan,
                          const LinearOptions& options, const TrainCallbacks& callbacks);

// All items as one NgramData.
NgramData extract_items(const std::vector<TrainItem>& items, const NgramOptions& ngrams);

}  // namespace aisle
