// How much worse one model's answers are than another's on the same items, and how much worse they may really be.
#pragma once

#include <cstdint>
#include <span>

#include "domain/task.h"

namespace aisle {

// Sorted label numbers, borrowed.
struct PairedAnswers {
  std::uint64_t key = 0;  // items of one key stand and fall together
  std::span<const std::uint32_t> truth, own, other;
};

struct PairedLoss {
  double score = 0, other_score = 0;  // weighted F1 (category) or micro F1 (tags)
  double bound = 0;                   // of the loss other_score - score, with kSureness standard errors
};

// 95 % for one side. The price in items that a cascade's first model may answer is small (docs/adr/0027).
inline constexpr double kSureness = 1.645;

// Both scores are means of one value an item, its influence (Hampel 1974), so the loss is a mean of differences; their
// spread is summed by key. One lost item more than were seen is counted: where no answer differs the bound is 2.6 of n,
// near the exact 3 of n, and not 0. No items: nothing is bounded, the bound is 1.
PairedLoss bound_loss(std::span<const PairedAnswers> items, std::size_t classes, TaskKind kind);

}  // namespace aisle
