// Trains a cascade: its two models, and how sure the first must be.
#pragma once

#include "train/trainer.h"

namespace aisle {

class CascadeTrainer final : public Trainer {
 public:
  std::string_view kind() const override;
  std::span<const OptionSpec> options() const override;
  bool is_made_of_models() const override { return true; }
  Parameters merge(std::span<const std::pair<std::string, std::string>> set, const std::string& prefix) const override;
  void check(const TrainRequest& request) const override;
  void train(const TrainRequest& request, const TrainCallbacks& callbacks) const override;
};

}  // namespace aisle
