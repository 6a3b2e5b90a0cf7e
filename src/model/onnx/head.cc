#include "model/onnx/head.h"

#include <memory>
#include <numeric>

namespace aisle::onnx {
namespace {

constexpr float kLeast = 1e-6F;  // as top_scale.cc has it

const NamedAttributes kOverLabels = {{"axes", std::vector<std::int64_t>{1}}};

// scaled() of top_scale.h.
std::string scaled(GraphBuilder& graph, const TopScale& scale, const std::string& top) {
  const std::string p = graph.node("Clip", {top, graph.number(kLeast), graph.number(1 - kLeast)});
  const std::string log_p = graph.node("Log", {p});
  const std::string log_rest = graph.node("Log", {graph.node("Sub", {graph.number(1.0F), p})});
  const std::string doubt = graph.node("Mul", {log_p, graph.number(scale.slope)});
  const std::string sure = graph.node("Mul", {log_rest, graph.number(-scale.rest_slope)});
  const std::string sum = graph.node("Add", {graph.node("Add", {doubt, sure}), graph.number(scale.offset)});
  return graph.node("Sigmoid", {sum});
}

// apply() of top_scale.h; p: [batch, K].
std::string add_top_scale(GraphBuilder& graph, const TopScale& scale, const std::string& p, std::size_t classes) {
  std::vector<std::int64_t> labels(classes);
  std::iota(labels.begin(), labels.end(), 0);
  const std::string one = graph.number(1.0F);
  const std::string top = graph.node("ReduceMax", {p}, kOverLabels);
  const std::string which = graph.node("ArgMax", {p}, {{"axis", std::int64_t{1}}});
  const std::string is_top =
      graph.node("Cast", {graph.node("Equal", {graph.numbers(labels), which})}, {{"to", std::int64_t{1}}});
  const std::string others = graph.node("Mul", {p, graph.node("Sub", {one, is_top})});
  const std::string second = graph.node("ReduceMax", {others}, kOverLabels);
  const std::string rest = graph.node("Max", {graph.node("Sub", {one, top}), graph.number(kLeast)});
  const std::string least = graph.node("Div", {second, graph.node("Add", {rest, second})});
  const std::string after = graph.node("Max", {scaled(graph, scale, top), least});
  const std::string factor = graph.node("Div", {graph.node("Sub", {one, after}), rest});
  return graph.node("Add", {graph.node("Mul", {others, factor}), graph.node("Mul", {is_top, after})});
}

bool changes_something(const TopScale& scale) {
  return scale.slope != 1 || scale.rest_slope != 1 || scale.offset != 0;
}

}  // namespace

std::string add_normalisation(GraphBuilder& graph, const std::string& features) {
  graph.enter("normalisation");
  const std::string length = graph.node("ReduceL2", {features}, kOverLabels);
  return graph.node("Div", {features, graph.node("Max", {length, graph.number(1e-30F)})});
}

std::string add_classifier(GraphBuilder& graph, const std::string& features, const FrozenParts& parts) {
  graph.enter("classifier");
  const std::size_t classes = parts.card.labels.size();
  const auto count = static_cast<std::int64_t>(classes), width = static_cast<std::int64_t>(parts.encoder.dimension);
  const auto copied = [](std::vector<float> values) { return [kept = std::move(values)] { return kept; }; };
  const std::string weights = graph.weight("classifier.weight", {count, width}, copied(parts.weights));
  const std::string slope = graph.weight("classifier.slope", {count}, copied(parts.calibration.slope));
  const std::string offset = graph.weight("classifier.offset", {count}, copied(parts.calibration.offset));
  const std::string scores = graph.node("Gemm", {features, weights}, {{"transB", std::int64_t{1}}});
  const std::string logits = graph.node("Add", {graph.node("Mul", {scores, slope}), offset});
  if (parts.card.kind == TaskKind::kTags) return graph.node("Sigmoid", {logits});
  const std::string p = graph.node("Softmax", {logits}, {{"axis", std::int64_t{1}}});
  return changes_something(parts.calibration.top) ? add_top_scale(graph, parts.calibration.top, p, classes) : p;
}

}  // namespace aisle::onnx
