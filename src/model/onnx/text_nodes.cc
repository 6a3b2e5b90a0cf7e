// Operations over the tokens of texts.
#include <cmath>

#include "model/onnx/nodes.h"

namespace aisle::onnx {
namespace {

constexpr float kNever = -1e9F;       // of a score: what the softmax makes 0
constexpr float kLeast = -3.4e38F;    // below every value
constexpr std::int64_t kInt32 = 6;    // ONNX's numbers of types
constexpr std::int64_t kFloat32 = 1;  // (TensorProto.DataType)
constexpr std::int64_t kBool = 9;

NamedAttributes to(std::int64_t type) {
  return {{"to", type}};
}

NamedAttributes perm(std::vector<std::int64_t> order) {
  return {{"perm", std::move(order)}};
}

// Blocks of PyTorch's gates (reset, update, new) to ONNX's (update, reset, new); `size` numbers each.
void append_gates(const std::vector<float>& torch, std::vector<float>& out) {
  const auto size = static_cast<std::ptrdiff_t>(torch.size() / 3);
  for (const std::ptrdiff_t gate : {1, 0, 2})
    out.insert(out.end(), torch.begin() + gate * size, torch.begin() + (gate + 1) * size);
}

// The parameter `which` of each direction (PyTorch has four), behind each other.
std::function<std::vector<float>()> gates(const Scope& scope, std::vector<std::size_t> which) {
  std::vector<std::function<std::vector<float>()>> parts;
  for (const std::size_t i : which) parts.push_back(scope.values(i));
  return [parts] {
    std::vector<float> all;
    for (const auto& part : parts) append_gates(part(), all);
    return all;
  };
}

// Rows [0, length) of each text, as ids of a table: `offset` on.
std::string positions(const Scope& scope, std::int64_t offset) {
  GraphBuilder& graph = scope.graph;
  const std::string first = graph.number(offset);
  const std::string length = scope.node("Gather", {scope.mask.ids_shape(), graph.number(std::int64_t{1})});
  const std::string end = offset == 0 ? length : scope.node("Add", {length, first});
  const std::string row = scope.node("Range", {first, end, graph.number(std::int64_t{1})});
  return scope.node("Expand", {row, scope.mask.ids_shape()});
}

}  // namespace

const std::string& TextMask::made(std::optional<std::string>& value, std::string (*make)(GraphBuilder&)) {
  if (!value) value = make(graph_);
  return *value;
}

const std::string& TextMask::of_tokens() {
  return made(of_tokens_, [](GraphBuilder& graph) {
    const std::string mask = graph.node("Cast", {kMaskInput}, to(kFloat32));
    return graph.node("Unsqueeze", {mask, graph.numbers({2})});
  });
}

const std::string& TextMask::of_scores() {
  return made(of_scores_, [](GraphBuilder& graph) {
    const std::string heads = graph.node("Unsqueeze", {kMaskInput, graph.numbers({1})});
    const std::string mask = graph.node("Unsqueeze", {heads, graph.numbers({2})});
    const std::string outside = graph.node("Sub", {graph.number(1.0F), graph.node("Cast", {mask}, to(kFloat32))});
    return graph.node("Mul", {outside, graph.number(kNever)});
  });
}

const std::string& TextMask::lengths() {
  return made(lengths_, [](GraphBuilder& graph) {
    const std::string sum = graph.node("ReduceSum", {kMaskInput, graph.numbers({1})}, {{"keepdims", std::int64_t{0}}});
    return graph.node("Cast", {sum}, to(kInt32));
  });
}

const std::string& TextMask::ids_shape() {
  return made(ids_shape_, [](GraphBuilder& graph) { return graph.node("Shape", {kIdsInput}); });
}

const std::string& TextMask::token_types() {
  return made(token_types_, [](GraphBuilder& graph) {
    return graph.input({kTypesInput, ElementType::kInt64, {kBatch, kLength}});
  });
}

std::string nodes_of(const Scope& scope, const op::Ids&) {
  const std::string ids = scope.graph.input({kIdsInput, ElementType::kInt64, {kBatch, kLength}});
  scope.graph.input({kMaskInput, ElementType::kInt64, {kBatch, kLength}});
  return ids;
}

std::string nodes_of(const Scope& scope, const op::Embedding& embedding) {
  const std::string table = scope.parameter(0);
  switch (embedding.index) {
    case op::Index::kId:
      return scope.node("Gather", {table, scope.inputs[0]});
    case op::Index::kFirstRow:
      return scope.node("Gather", {table, scope.mask.token_types()});
    case op::Index::kPosition:
      break;
  }
  return scope.node("Gather", {table, positions(scope, embedding.offset)});
}

std::string nodes_of(const Scope& scope, const op::Attention& attention) {
  GraphBuilder& graph = scope.graph;
  const std::int64_t width = scope.operation.shape.dims[0], each = width / attention.heads;
  const auto heads = [&](std::size_t which, std::vector<std::int64_t> order) {
    const std::string split =
        scope.node("Reshape", {scope.inputs[which], graph.numbers({0, 0, attention.heads, each})});
    return scope.node("Transpose", {split}, perm(std::move(order)));
  };
  const std::string query = heads(0, {0, 2, 1, 3}), key = heads(1, {0, 2, 3, 1}), value = heads(2, {0, 2, 1, 3});
  const std::string scale = graph.number(std::sqrt(static_cast<float>(each)));
  const std::string scores = scope.node("Div", {scope.node("MatMul", {query, key}), scale});
  const std::string shares =
      scope.node("Softmax", {scope.node("Add", {scores, scope.mask.of_scores()})}, {{"axis", std::int64_t{-1}}});
  const std::string seen = scope.node("Transpose", {scope.node("MatMul", {shares, value})}, perm({0, 2, 1, 3}));
  return scope.node("Reshape", {seen, graph.numbers({0, 0, width})});
}

std::string nodes_of(const Scope& scope, const op::Conv1d& conv) {
  const std::string inside = scope.node("Mul", {scope.inputs[0], scope.mask.of_tokens()});
  const std::int64_t before = (conv.kernel - 1) / 2;
  const std::string turned = scope.node("Transpose", {inside}, perm({0, 2, 1}));
  const std::string out =
      scope.node("Conv", {turned, scope.parameter(0), scope.parameter(1)},
                 {{"kernel_shape", std::vector{conv.kernel}}, {"pads", std::vector{before, conv.kernel - 1 - before}}});
  return scope.node("Transpose", {out}, perm({0, 2, 1}));
}

std::string nodes_of(const Scope& scope, const op::Gru& gru) {
  GraphBuilder& graph = scope.graph;
  const std::int64_t directions = gru.bidirectional ? 2 : 1, in = scope.input_shape().dims[0];
  const auto of_each = [&](std::vector<std::size_t> which) {  // of the first direction, then of the second
    const std::size_t count = which.size();
    for (std::size_t i = 0; gru.bidirectional && i < count; ++i) which.push_back(which[i] + 4);
    return gates(scope, which);
  };
  const std::string& name = scope.operation.name;
  const std::string input = graph.weight(name + ".W", {directions, 3 * gru.hidden, in}, of_each({0}));
  const std::string state = graph.weight(name + ".R", {directions, 3 * gru.hidden, gru.hidden}, of_each({1}));
  const std::string bias = graph.weight(name + ".B", {directions, 6 * gru.hidden}, of_each({2, 3}));
  const std::string steps = scope.node("Transpose", {scope.inputs[0]}, perm({1, 0, 2}));
  const auto outputs = graph.node("GRU", {steps, input, state, bias, scope.mask.lengths()},
                                  {{"direction", gru.bidirectional ? "bidirectional" : "forward"},
                                   {"hidden_size", gru.hidden},
                                   {"linear_before_reset", std::int64_t{1}}},
                                  {!gru.last, gru.last});
  if (gru.last) {  // [directions, batch, hidden]
    const std::string turned = scope.node("Transpose", {outputs[1]}, perm({1, 0, 2}));
    return scope.node("Reshape", {turned, graph.numbers({0, directions * gru.hidden})});
  }  // [length, directions, batch, hidden]
  const std::string turned = scope.node("Transpose", {outputs[0]}, perm({2, 0, 1, 3}));
  return scope.node("Reshape", {turned, graph.numbers({0, 0, directions * gru.hidden})});
}

std::string nodes_of(const Scope& scope, const op::OverTokens& pool) {
  GraphBuilder& graph = scope.graph;
  const std::string& x = scope.inputs[0];
  if (pool.over == op::Over::kFirst)
    return scope.node("Gather", {x, graph.number(std::int64_t{0})}, {{"axis", std::int64_t{1}}});
  const std::string& mask = scope.mask.of_tokens();
  const NamedAttributes no_axis = {{"keepdims", std::int64_t{0}}};
  if (pool.over == op::Over::kMax) {
    const std::string inside = scope.node("Where", {scope.node("Cast", {mask}, to(kBool)), x, graph.number(kLeast)});
    return scope.node("ReduceMax", {inside}, {{"axes", std::vector<std::int64_t>{1}}, {"keepdims", std::int64_t{0}}});
  }
  const std::string sum = scope.node("ReduceSum", {scope.node("Mul", {x, mask}), graph.numbers({1})}, no_axis);
  const std::string count = scope.node("ReduceSum", {mask, graph.numbers({1})}, no_axis);
  return scope.node("Div", {sum, scope.node("Max", {count, graph.number(1.0F)})});
}

}  // namespace aisle::onnx
