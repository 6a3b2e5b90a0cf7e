// What every fused model's training ends with: its answers for held-out items, and a card.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/classifier.h"
#include "train/fused_members.h"

namespace aisle {

// Gathers held-out answers; what nothing is known of comes last.
class FusedAnswers {
 public:
  void add(std::uint32_t item, std::span<const float> probabilities);
  void add_unknown(std::uint32_t item) { unknown_.push_back(item); }
  HeldOutAnswers take(std::size_t classes);

 private:
  HeldOutAnswers answers_;
  std::vector<std::uint32_t> unknown_;
};

// The labels' shares of all items, smoothed.
std::vector<float> priors(const ItemTruth& truth, TaskKind kind);

// The limits that suit such answers, as FusedAnswers gathered them.
DecisionRule fit_rule(const HeldOutAnswers& answers, const ItemTruth& truth, TaskKind kind, double wanted_precision);

// All of the card but the rule.
ModelCard fused_card(const TrainRequest& request, const ItemTruth& truth, std::string_view kind,
                     const std::vector<TrainedMember>& members);

}  // namespace aisle
