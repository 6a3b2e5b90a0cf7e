// Other ways to write the names of an architecture's parameters, and a weight source that understands them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/network/tensor.h"

namespace aisle::network {

// The name as the architecture's builder has it: without what wraps a model ("module.", "bert.", "0.auto_model."), with
// "weight" and "bias" for TensorFlow's "gamma" and "beta", and with EfficientNet's blocks in stages ("blocks.1.0" for
// "_blocks.1").
std::string usual_name(std::string_view architecture, std::string_view name);

// Whether the names are those of EfficientNet-Lite's own checkpoints, which came from TensorFlow.
bool has_tensorflow_names(const WeightSource& weights);

// `source` under the usual names. Borrows it. kCorrupt where two names become one.
class UsualNames final : public WeightSource {
 public:
  UsualNames(std::string_view architecture, const WeightSource& source);

  std::optional<TensorView> find(std::string_view name) const override;
  std::vector<std::string> names() const override;

 private:
  const WeightSource& source_;
  std::map<std::string, std::string, std::less<>> names_;  // usual to written
};

}  // namespace aisle::network
