// Trains a fusion: its members, and how their answers (or features) become one.
#pragma once

#include <string_view>

#include "model/fusion/fusion_model.h"
#include "train/trainer.h"

namespace aisle {

class FusionTrainer final : public Trainer {
 public:
  explicit FusionTrainer(std::string_view kind) : kind_(kind) {}  // kAverageKind, kWeightedKind, kConcatKind
  std::string_view kind() const override { return kind_; }
  std::span<const OptionSpec> options() const override;
  bool is_made_of_models() const override { return true; }
  Parameters merge(std::span<const std::pair<std::string, std::string>> set, const std::string& prefix) const override;
  void check(const TrainRequest& request) const override;
  void train(const TrainRequest& request, const TrainCallbacks& callbacks) const override;

 private:
  std::string_view kind_;
};

}  // namespace aisle
