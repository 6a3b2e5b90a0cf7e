#include "registry/history.h"

#include <vector>

namespace aisle {

std::optional<std::int64_t> previous_production(std::span<const Promotion> promotions) {
  std::vector<std::int64_t> stack;
  for (auto promotion = promotions.rbegin(); promotion != promotions.rend(); ++promotion) {
    if (stack.empty() && promotion->previous != 0) stack.push_back(promotion->previous);
    if (promotion->action != "rollback") {
      stack.push_back(promotion->version);
      continue;
    }
    // One step, by the rule above; further only if the record has a gap.
    while (!stack.empty()) {
      stack.pop_back();
      if (!stack.empty() && stack.back() == promotion->version) break;
    }
    if (stack.empty()) stack.push_back(promotion->version);
  }
  if (stack.size() < 2) return std::nullopt;
  return stack[stack.size() - 2];
}

}  // namespace aisle
