#include "model/network/operation.h"

#include <fmt/format.h>

namespace aisle::network {
namespace {

// Indexed as Attributes is.
constexpr std::array<std::string_view, std::variant_size_v<Attributes>> kKinds = {
    "ids",        "picture", "dense",  "embedding",  "attention", "conv1d",          "gru",     "over_tokens", "linear",
    "layer_norm", "softmax", "conv2d", "batch_norm", "pool",      "global_avg_pool", "flatten", "activation",  "add",
    "concat",     "dropout"};

std::uint64_t product(const Dims& dims) {
  std::uint64_t count = 1;
  for (const std::int64_t dim : dims) count *= static_cast<std::uint64_t>(dim);
  return count;
}

std::uint64_t weights_of(const Operation& operation) {
  std::uint64_t count = 0;
  for (const Parameter& parameter : operation.parameters) {
    if (parameter.shape.size() > 1) count += product(parameter.shape);
  }
  return count;
}

}  // namespace

std::string_view kind_name(const Attributes& attributes) {
  return kKinds[attributes.index()];
}

std::string shape_text(const Shape& shape) {
  if (shape.axis == Axis::kIds) return "T ids";
  return fmt::format("{} x {}", shape.axis == Axis::kTokens ? "T" : "N", dims_text(shape.dims));
}

std::uint64_t learned_count(const Operation& operation) {
  constexpr std::size_t kOfANorm = 2;  // weight and bias
  const std::size_t tensors =
      std::holds_alternative<op::BatchNorm>(operation.attributes) ? kOfANorm : operation.parameters.size();
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < tensors; ++i) count += product(operation.parameters[i].shape);
  return count;
}

std::uint64_t multiply_adds(const Operation& operation, const std::vector<Shape>& inputs, std::uint64_t tokens) {
  const Attributes& attributes = operation.attributes;
  if (std::holds_alternative<op::Conv2d>(attributes))
    return weights_of(operation) * product({operation.shape.dims[1], operation.shape.dims[2]});
  if (std::holds_alternative<op::Attention>(attributes)) return 2 * tokens * tokens * product(operation.shape.dims);
  if (std::holds_alternative<op::Linear>(attributes) || std::holds_alternative<op::Conv1d>(attributes) ||
      std::holds_alternative<op::Gru>(attributes))
    return weights_of(operation) * (inputs.front().axis == Axis::kTokens ? tokens : 1);
  return 0;  // what is linear in its input is counted as free, as torchinfo and others count
}

}  // namespace aisle::network
