// How sure the first model of a cascade must be to answer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "domain/task.h"

namespace aisle {

// What both models answer for items that neither was trained on. The answers of item i: sorted label numbers.
struct CascadeItem {
  float confidence = 0;  // of the first; below 0 where it knows nothing
  std::vector<std::uint32_t> truth, first, second;
};

struct CascadeLimit {
  float limit = 2;          // above 1: the first never answers
  double share = 0;         // of the items that the first answers
  double score = 0;         // of the cascade: weighted F1 (category) or micro F1 (tags)
  double second_score = 0;  // of the second model alone
};

// The lowest limit down from which no stricter one loses more than max_loss against the second model alone: on few
// items a limit further down may do well by chance. No items: the first never answers.
CascadeLimit fit_cascade_limit(std::vector<CascadeItem> items, std::size_t classes, TaskKind kind, double max_loss);

}  // namespace aisle
