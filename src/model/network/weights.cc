#include "model/network/weights.h"

#include <fmt/format.h>

#include <cmath>
#include <unordered_set>

#include "core/error.h"
#include "core/random.h"

namespace aisle::network {
namespace {

bool is_float(DType dtype) {
  return dtype == DType::kF32 || dtype == DType::kF16 || dtype == DType::kBF16 || dtype == DType::kF64;
}

// A tensor of no dimensions is what PyTorch makes of [1].
bool same_shape(const Dims& a, const Dims& b) {
  return a == b || (a.empty() && b == Dims{1});
}

std::vector<float> initial(const Operation& operation, std::size_t index, Random& random) {
  const Dims& shape = operation.parameters[index].shape;
  std::vector<float> values(element_count(shape));
  const bool is_norm = std::holds_alternative<op::BatchNorm>(operation.attributes) ||
                       std::holds_alternative<op::LayerNorm>(operation.attributes);
  if (is_norm) {  // weight, bias, mean, variance
    std::fill(values.begin(), values.end(), index == 0 || index == 3 ? 1.0F : 0.0F);
    return values;
  }
  const Dims& weight = operation.parameters.front().shape;
  const double inputs = static_cast<double>(element_count({weight.begin() + 1, weight.end()}));
  const double range = 1 / std::sqrt(inputs);
  for (float& value : values) value = static_cast<float>((2 * random.uniform() - 1) * range);
  return values;
}

}  // namespace

void MemoryWeights::set(const std::string& name, Dims shape, std::vector<float> values) {
  if (element_count(shape) != values.size()) {
    throw Error(ErrorCode::kInvalidArgument,
                fmt::format("{} of shape {} was given {} numbers", name, dims_text(shape), values.size()));
  }
  entries_.insert_or_assign(name, Entry{std::move(shape), std::move(values)});
}

std::optional<TensorView> MemoryWeights::find(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return std::nullopt;
  return TensorView{DType::kF32, found->second.shape, std::as_bytes(std::span(found->second.values))};
}

std::vector<std::string> MemoryWeights::names() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

WeightProblems check_weights(const Network& network, const WeightSource& weights) {
  WeightProblems problems;
  std::unordered_set<std::string> wanted;
  for (const Parameter& parameter : network.parameters()) {
    wanted.insert(parameter.name);
    const auto tensor = weights.find(parameter.name);
    if (!tensor) {
      problems.missing.push_back(fmt::format("{} {}", parameter.name, dims_text(parameter.shape)));
    } else if (!same_shape(tensor->shape, parameter.shape) || !is_float(tensor->dtype)) {
      problems.misshapen.push_back(fmt::format("{} is {} {}, should be {}", parameter.name, dtype_name(tensor->dtype),
                                               dims_text(tensor->shape), dims_text(parameter.shape)));
    }
  }
  for (std::string& name : weights.names()) {
    if (!wanted.contains(name)) problems.surplus.push_back(std::move(name));
  }
  return problems;
}

std::vector<float> load_parameter(const WeightSource& weights, const Parameter& parameter) {
  const auto tensor = weights.find(parameter.name);
  if (!tensor) {
    throw Error(ErrorCode::kCorrupt,
                fmt::format("the weights have no {} {}", parameter.name, dims_text(parameter.shape)));
  }
  if (!same_shape(tensor->shape, parameter.shape)) {
    throw Error(ErrorCode::kCorrupt, fmt::format("the weights' {} is {}, should be {}", parameter.name,
                                                 dims_text(tensor->shape), dims_text(parameter.shape)));
  }
  return to_floats(*tensor);
}

MemoryWeights random_weights(const Network& network, std::uint64_t seed) {
  MemoryWeights weights;
  Random random(seed);
  for (const Operation& operation : network.operations()) {
    for (std::size_t i = 0; i < operation.parameters.size(); ++i)
      weights.set(operation.parameters[i].name, operation.parameters[i].shape, initial(operation, i, random));
  }
  return weights;
}

}  // namespace aisle::network
