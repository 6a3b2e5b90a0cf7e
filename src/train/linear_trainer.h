// Trains the linear model: texts to n-grams, n-grams to weights, held-out items to calibration and limits.
#pragma once

#include "train/trainer.h"

namespace aisle {

class LinearTrainer final : public Trainer {
 public:
  std::string_view kind() const override;
  std::span<const OptionSpec> options() const override;
  void check(const TrainRequest& request) const override;
  void train(const TrainRequest& request, const TrainCallbacks& callbacks) const override;
};

}  // namespace aisle
