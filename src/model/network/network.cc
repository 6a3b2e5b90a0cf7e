#include "model/network/network.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/error.h"
#include "domain/limits.h"

namespace aisle::network {
namespace {

bool is_input(const Attributes& attributes) {
  return std::holds_alternative<op::Ids>(attributes) || std::holds_alternative<op::Picture>(attributes) ||
         std::holds_alternative<op::Dense>(attributes);
}

}  // namespace

std::size_t Network::output(std::string_view name) const {
  for (const Output& output : outputs_) {
    if (output.name == name) return output.operation;
  }
  std::vector<std::string> names;
  for (const Output& output : outputs_) names.push_back(output.name);
  throw Error(ErrorCode::kNotFound,
              fmt::format("{} has no output \"{}\": it has {}", name_, name, fmt::join(names, ", ")));
}

std::vector<Shape> Network::input_shapes(const Operation& operation) const {
  std::vector<Shape> shapes;
  for (const std::size_t input : operation.inputs) shapes.push_back(operations_[input].shape);
  return shapes;
}

std::vector<Parameter> Network::parameters() const {
  std::vector<Parameter> all;
  for (const Operation& operation : operations_)
    all.insert(all.end(), operation.parameters.begin(), operation.parameters.end());
  return all;
}

std::size_t Network::parameter_count() const {
  std::size_t count = 0;
  for (const Operation& operation : operations_) count += learned_count(operation);
  return count;
}

std::uint64_t Network::multiply_adds(std::uint64_t tokens) const {
  std::uint64_t count = 0;
  for (const Operation& operation : operations_)
    count += network::multiply_adds(operation, input_shapes(operation), tokens);
  return count;
}

std::optional<std::size_t> Network::max_tokens() const {
  std::optional<std::size_t> limit;
  for (const Operation& operation : operations_) {
    const auto* embedding = std::get_if<op::Embedding>(&operation.attributes);
    if (embedding == nullptr || embedding->index != op::Index::kPosition) continue;
    const auto covered = static_cast<std::size_t>(embedding->rows - embedding->offset);
    limit = std::min(limit.value_or(covered), covered);
  }
  return limit;
}

std::size_t Network::vocabulary() const {
  std::optional<std::size_t> least;
  for (const Operation& operation : operations_) {
    const auto* embedding = std::get_if<op::Embedding>(&operation.attributes);
    if (embedding == nullptr || embedding->index != op::Index::kId) continue;
    const auto rows = static_cast<std::size_t>(embedding->rows);
    least = std::min(least.value_or(rows), rows);
  }
  return least.value_or(0);
}

NetworkBuilder::NetworkBuilder(std::string name) {
  network_.name_ = std::move(name);
}

Value NetworkBuilder::append(std::string name, Attributes attributes, std::vector<Value> inputs) {
  const std::string label = name;
  try {
    if (network_.operations_.size() >= limits::kNetworkOperations)
      throw Error(ErrorCode::kTooLarge, fmt::format("more than {} operations", limits::kNetworkOperations));
    if (is_input(attributes) != network_.operations_.empty())
      throw Error(ErrorCode::kInvalidArgument, "a network has one input, and it comes first");
    if (!names_.insert(name).second) throw Error(ErrorCode::kInvalidArgument, "the name is taken");
    Operation operation{std::move(name), std::move(attributes), {}, {}, {}};
    std::vector<Shape> shapes;
    for (const Value input : inputs) {
      shapes.push_back(shape(input));
      operation.inputs.push_back(input.operation);
    }
    operation.shape = infer_shape(operation.attributes, shapes);
    operation.parameters = parameters_of(operation.name, operation.attributes, shapes);
    element_count(operation.shape.dims);
    for (const Parameter& parameter : operation.parameters) element_count(parameter.shape);
    network_.operations_.push_back(std::move(operation));
    return {network_.operations_.size() - 1};
  } catch (const Error& error) {
    throw error.with("operation", label).with("network", network_.name_);
  }
}

Value NetworkBuilder::picture(std::string name, std::int64_t channels, std::int64_t height, std::int64_t width) {
  return append(std::move(name), op::Picture{channels, height, width}, {});
}

Value NetworkBuilder::attention(std::string name, Value query, Value key, Value value, std::int64_t heads) {
  return append(std::move(name), op::Attention{heads}, {query, key, value});
}

Value NetworkBuilder::over_tokens(std::string name, Value x, op::Over over) {
  return append(std::move(name), op::OverTokens{over}, {x});
}

Value NetworkBuilder::linear(std::string name, Value x, std::int64_t out, bool bias) {
  return append(std::move(name), op::Linear{out, bias}, {x});
}

Value NetworkBuilder::layer_norm(std::string name, Value x, double epsilon) {
  return append(std::move(name), op::LayerNorm{epsilon}, {x});
}

Value NetworkBuilder::batch_norm(std::string name, Value x, double epsilon) {
  return append(std::move(name), op::BatchNorm{epsilon}, {x});
}

Value NetworkBuilder::activation(std::string name, Value x, op::Function function) {
  return append(std::move(name), op::Activation{function}, {x});
}

Value NetworkBuilder::concat(std::string name, const std::vector<Value>& parts) {
  return append(std::move(name), op::Concat{}, parts);
}

Value NetworkBuilder::dropout(std::string name, Value x, double share) {
  return append(std::move(name), op::Dropout{share}, {x});
}

Network NetworkBuilder::build(const std::map<std::string, Value>& outputs) {
  if (outputs.empty() || network_.operations_.empty())
    throw Error(ErrorCode::kInvalidArgument, "a network needs an input and an output", {{"network", network_.name_}});
  std::size_t count = 0;
  for (const Operation& operation : network_.operations_) {
    for (const Parameter& parameter : operation.parameters) count += element_count(parameter.shape);
  }
  if (count > limits::kNetworkParameters)
    throw Error(ErrorCode::kTooLarge, fmt::format("{} parameters are more than {}", count, limits::kNetworkParameters),
                {{"network", network_.name_}});
  for (const auto& [name, value] : outputs) network_.outputs_.push_back({name, value.operation});
  return std::move(network_);
}

}  // namespace aisle::network
