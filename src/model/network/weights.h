// Weights held in memory, the check of a source against a network, and random weights for tests and measurements.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "model/network/network.h"
#include "model/network/tensor.h"

namespace aisle::network {

class MemoryWeights : public WeightSource {
 public:
  // values.size() == element_count(shape), else kInvalidArgument. A name given again is replaced.
  void set(const std::string& name, Dims shape, std::vector<float> values);

  std::optional<TensorView> find(std::string_view name) const override;
  std::vector<std::string> names() const override;

 private:
  struct Entry {
    Dims shape;
    std::vector<float> values;
  };
  std::map<std::string, Entry, std::less<>> entries_;
};

// What does not fit, in words, a line a tensor: missing, of another shape, of whole numbers, or surplus. Empty: all
// fits. Surplus tensors do no harm.
struct WeightProblems {
  std::vector<std::string> missing, misshapen, surplus;
  bool fatal() const { return !missing.empty() || !misshapen.empty(); }
};
WeightProblems check_weights(const Network& network, const WeightSource& weights);

// One parameter as float32 in its shape. kCorrupt where the source does not have it so.
std::vector<float> load_parameter(const WeightSource& weights, const Parameter& parameter);

// As a fresh network is initialised (uniform, +-1 / sqrt(inputs); norms 1, 0, 0, 1), from the seed alone.
MemoryWeights random_weights(const Network& network, std::uint64_t seed);

}  // namespace aisle::network
