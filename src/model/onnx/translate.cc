#include "model/onnx/translate.h"

#include <fmt/format.h>

#include "core/error.h"
#include "model/onnx/nodes.h"

namespace aisle::onnx {
namespace {

using network::Network;
using network::Operation;

// Which operations the outputs are made of; the network's input among them.
std::vector<bool> needed_for(const Network& network, const std::vector<std::string>& outputs) {
  std::vector<bool> needed(network.operations().size(), false);
  needed.front() = true;
  for (const std::string& output : outputs) needed[network.output(output)] = true;
  for (std::size_t i = needed.size(); i-- > 0;) {
    if (!needed[i]) continue;
    for (const std::size_t input : network.operations()[i].inputs) needed[input] = true;
  }
  return needed;
}

void check_parameters(const Operation& operation, const network::WeightSource& weights) {
  for (const network::Parameter& parameter : operation.parameters) {
    const auto tensor = weights.find(parameter.name);
    if (tensor && network::element_count(tensor->shape) == network::element_count(parameter.shape)) continue;
    throw Error(ErrorCode::kCorrupt,
                fmt::format("the weights have no {} {}", parameter.name, network::dims_text(parameter.shape)));
  }
}

}  // namespace

std::string Scope::parameter(std::size_t i) const {
  return graph.weight(operation.parameters[i].name, operation.parameters[i].shape, values(i));
}

std::function<std::vector<float>()> Scope::values(std::size_t i) const {
  return
      [&source = weights, parameter = operation.parameters[i]] { return network::load_parameter(source, parameter); };
}

std::vector<std::string> add_network(GraphBuilder& graph, const Network& network, const network::WeightSource& weights,
                                     const std::vector<std::string>& outputs) {
  const std::vector<bool> needed = needed_for(network, outputs);
  TextMask mask(graph);
  std::vector<std::string> values(needed.size());
  for (std::size_t i = 0; i < needed.size(); ++i) {
    if (!needed[i]) continue;
    const Operation& operation = network.operations()[i];
    check_parameters(operation, weights);
    std::vector<std::string> inputs;
    for (const std::size_t input : operation.inputs) inputs.push_back(values[input]);
    graph.enter(operation.name);
    const Scope scope{graph, network, weights, mask, operation, inputs};
    values[i] = std::visit([&](const auto& which) { return nodes_of(scope, which); }, operation.attributes);
  }
  std::vector<std::string> results;
  for (const std::string& output : outputs) results.push_back(values[network.output(output)]);
  return results;
}

ValueInfo output_info(const Network& network, const std::string& output) {
  const network::Shape& shape = network.operations()[network.output(output)].shape;
  ValueInfo info{output, ElementType::kFloat, {kBatch}};
  if (shape.axis == network::Axis::kTokens) info.dims.emplace_back(kLength);
  info.dims.insert(info.dims.end(), shape.dims.begin(), shape.dims.end());
  return info;
}

}  // namespace aisle::onnx
