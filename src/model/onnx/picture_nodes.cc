// Operations on pictures: ONNX has them as PyTorch does, in the order [batch, channels, height, width].
#include "model/onnx/nodes.h"

namespace aisle::onnx {
namespace {

std::vector<std::int64_t> pads(const op::Padding& padding) {
  return {padding.top, padding.left, padding.bottom, padding.right};
}

std::vector<std::int64_t> pair(std::int64_t size) {
  return {size, size};
}

}  // namespace

std::string nodes_of(const Scope& scope, const op::Picture& picture) {
  return scope.graph.input(
      {kPictureInput, ElementType::kFloat, {kBatch, picture.channels, picture.height, picture.width}});
}

std::string nodes_of(const Scope& scope, const op::Conv2d& conv) {
  std::vector<std::string> inputs = {scope.inputs[0]};
  for (std::size_t i = 0; i < scope.parameters(); ++i) inputs.push_back(scope.parameter(i));
  return scope.node("Conv", std::move(inputs),
                    {{"kernel_shape", std::vector{conv.kernel[0], conv.kernel[1]}},
                     {"strides", pair(conv.stride)},
                     {"dilations", pair(conv.dilation)},
                     {"group", conv.groups},
                     {"pads", pads(conv.padding)}});
}

std::string nodes_of(const Scope& scope, const op::BatchNorm& norm) {
  std::vector<std::string> inputs = {scope.inputs[0]};
  for (std::size_t i = 0; i < scope.parameters(); ++i) inputs.push_back(scope.parameter(i));
  return scope.node("BatchNormalization", std::move(inputs), {{"epsilon", static_cast<float>(norm.epsilon)}});
}

std::string nodes_of(const Scope& scope, const op::Pool& pool) {
  NamedAttributes attributes = {{"kernel_shape", std::vector{pool.kernel[0], pool.kernel[1]}},
                                {"strides", pair(pool.stride)},
                                {"pads", pads(pool.padding)}};
  if (pool.max) return scope.node("MaxPool", scope.inputs, std::move(attributes));
  attributes.emplace_back("count_include_pad", std::int64_t{pool.count_padding});
  return scope.node("AveragePool", scope.inputs, std::move(attributes));
}

std::string nodes_of(const Scope& scope, const op::GlobalAvgPool&) {
  return scope.node("Flatten", {scope.node("GlobalAveragePool", scope.inputs)}, {{"axis", std::int64_t{1}}});
}

std::string nodes_of(const Scope& scope, const op::Flatten&) {
  return scope.node("Flatten", scope.inputs, {{"axis", std::int64_t{1}}});
}

}  // namespace aisle::onnx
