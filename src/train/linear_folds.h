// Small tasks have too few items to hold some out for calibration: every item is scored once by a fit of four fifths
// that did not see it, and the model itself is fitted on all.
#pragma once

#include <vector>

#include "train/linear_data.h"
#include "train/linear_fit.h"

namespace aisle {

// Which items were held out, by their place in the data, and whether they have an n-gram that the fit knows.
struct HeldOutItems {
  std::vector<std::uint32_t> numbers;
  std::vector<std::uint8_t> known;
};
HeldOutItems held_out_items(const NgramData& data, const PartOf& part_of, const SparseSet& held_out);

struct FoldScores {
  SparseSet items;            // labels alone, without features
  std::vector<float> logits;  // [items, classes], uncalibrated
  HeldOutItems places;
};

// Items of one key stay in one fold. The fits run all epochs, as that of the model does: stopped early, their logits
// would be smaller than the model's, and the model would be too sure of itself.
FoldScores score_by_folds(const NgramData& data, const FitPlan& plan, const TrainCallbacks& callbacks);

}  // namespace aisle
