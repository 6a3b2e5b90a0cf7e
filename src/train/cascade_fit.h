// How sure the first model of a cascade must be to answer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "domain/task.h"

namespace aisle {

// What both models answer for items that neither was trained on. The answers of item i: sorted label numbers.
struct CascadeItem {
  float confidence = 0;   // of the first; below 0 where it knows nothing
  std::uint64_t key = 0;  // items of one key are alike
  std::vector<std::uint32_t> truth, first, second;
};

struct CascadeLimit {
  float limit = 2;          // above 1: the first never answers
  double share = 0;         // of the items that the first answers
  double score = 0;         // of the cascade: weighted F1 (category) or micro F1 (tags)
  double second_score = 0;  // of the second model alone
  double bound = 0;         // of what the cascade loses
};

// The limits, strictest first, whose loss against the second model alone is bounded by max_loss (bound_loss); the first
// of them never asks the first model, the last is the one to take. The first model answers ever more, in steps of 2 %
// of the items that are fixed beforehand, and the first step that fails ends it: so each is tested at full strength,
// however many there are (fixed-sequence testing: Maurer, Hothorn, Lehmacher 1995).
std::vector<CascadeLimit> fit_cascade_limits(std::vector<CascadeItem> items, std::size_t classes, TaskKind kind,
                                             double max_loss);

}  // namespace aisle
