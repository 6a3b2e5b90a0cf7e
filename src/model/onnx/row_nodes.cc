// Operations on rows of numbers, and on values of any shape.
#include "model/onnx/nodes.h"

namespace aisle::onnx {
namespace {

constexpr float kSqrtTwo = 1.41421356237F;
constexpr float kSqrtTwoOverPi = 0.79788456080F;
constexpr float kCube = 0.044715F;

// [rows, columns] to [columns, rows].
std::vector<float> transposed(const std::vector<float>& values, std::size_t rows, std::size_t columns) {
  std::vector<float> turned(values.size());
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column)
      turned[column * rows + row] = values[row * columns + column];
  }
  return turned;
}

// x (1 + f) / 2.
std::string half_of(const Scope& scope, const std::string& x, const std::string& f) {
  const std::string sum = scope.node("Add", {f, scope.graph.number(1.0F)});
  return scope.node("Mul", {scope.node("Mul", {x, sum}), scope.graph.number(0.5F)});
}

// Hendrycks, Gimpel 2016: exact.
std::string gelu(const Scope& scope, const std::string& x) {
  return half_of(scope, x, scope.node("Erf", {scope.node("Div", {x, scope.graph.number(kSqrtTwo)})}));
}

// Its approximation by tanh(sqrt(2 / pi) (x + 0.044715 x^3)).
std::string gelu_tanh(const Scope& scope, const std::string& x) {
  const std::string cube = scope.node("Mul", {scope.node("Mul", {x, x}), x});
  const std::string inner = scope.node("Add", {x, scope.node("Mul", {cube, scope.graph.number(kCube)})});
  return half_of(scope, x, scope.node("Tanh", {scope.node("Mul", {inner, scope.graph.number(kSqrtTwoOverPi)})}));
}

}  // namespace

std::string nodes_of(const Scope& scope, const op::Dense& dense) {
  return scope.graph.input({scope.operation.name, ElementType::kFloat, {kBatch, dense.width}});
}

std::string nodes_of(const Scope& scope, const op::Linear&) {
  const network::Parameter& weight = scope.operation.parameters.front();
  if (!scope.on_tokens()) {
    std::vector<std::string> inputs = {scope.inputs[0], scope.parameter(0)};
    if (scope.parameters() > 1) inputs.push_back(scope.parameter(1));
    return scope.node("Gemm", std::move(inputs), {{"transB", std::int64_t{1}}});
  }
  const std::int64_t out = weight.shape[0], in = weight.shape[1];
  const auto load = [values = scope.values(0), out, in] {
    return transposed(values(), static_cast<std::size_t>(out), static_cast<std::size_t>(in));
  };
  const std::string turned = scope.graph.weight(weight.name + ".transposed", {in, out}, load);
  const std::string product = scope.node("MatMul", {scope.inputs[0], turned});
  return scope.parameters() > 1 ? scope.node("Add", {product, scope.parameter(1)}) : product;
}

std::string nodes_of(const Scope& scope, const op::LayerNorm& norm) {
  return scope.node("LayerNormalization", {scope.inputs[0], scope.parameter(0), scope.parameter(1)},
                    {{"axis", std::int64_t{-1}}, {"epsilon", static_cast<float>(norm.epsilon)}});
}

std::string nodes_of(const Scope& scope, const op::Softmax&) {
  return scope.node("Softmax", scope.inputs, {{"axis", std::int64_t{-1}}});
}

std::string nodes_of(const Scope& scope, const op::Activation& activation) {
  const std::string& x = scope.inputs[0];
  switch (activation.function) {
    case op::Function::kRelu:
      return scope.node("Relu", {x});
    case op::Function::kRelu6:
      return scope.node("Clip", {x, scope.graph.number(0.0F), scope.graph.number(6.0F)});
    case op::Function::kGelu:
      return gelu(scope, x);
    case op::Function::kGeluTanh:
      return gelu_tanh(scope, x);
    case op::Function::kSilu:
      return scope.node("Mul", {x, scope.node("Sigmoid", {x})});
    case op::Function::kTanh:
      return scope.node("Tanh", {x});
    case op::Function::kSigmoid:
      break;
  }
  return scope.node("Sigmoid", {x});
}

std::string nodes_of(const Scope& scope, const op::Add&) {
  return scope.node("Add", scope.inputs);
}

std::string nodes_of(const Scope& scope, const op::Concat&) {
  return scope.node("Concat", scope.inputs, {{"axis", std::int64_t{scope.on_tokens() ? 2 : 1}}});
}

std::string nodes_of(const Scope& scope, const op::Dropout&) {
  return scope.inputs[0];
}

}  // namespace aisle::onnx
