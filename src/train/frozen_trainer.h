// Trains logistic regression on the features of a frozen network: "sentence" reads texts, "picture" reads pictures.
#pragma once

#include "model/encoder.h"
#include "train/trainer.h"

namespace aisle {

class FrozenTrainer final : public Trainer {
 public:
  explicit FrozenTrainer(Reads reads) : reads_(reads) {}
  std::string_view kind() const override;
  std::span<const OptionSpec> options() const override;
  bool reads_pictures(const Parameters& parameters) const override;
  void check(const TrainRequest& request) const override;
  void train(const TrainRequest& request, const TrainCallbacks& callbacks) const override;

 private:
  Reads reads_;
};

}  // namespace aisle
