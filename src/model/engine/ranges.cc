#include "model/engine/ranges.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace aisle::engine {
namespace {

namespace op = network::op;

struct Extent {
  float top = 0;
  bool is_signed = false;
  bool operator==(const Extent&) const = default;
};

bool is_picture(const Node& node) {
  return node.shape.dims.size() == 3;
}

bool passes_on(const Node& node) {
  return std::holds_alternative<op::Pool>(node.attributes) || std::holds_alternative<op::Concat>(node.attributes);
}

bool is_never_negative(const Node& node) {
  auto function = node.activation;
  if (const auto* activation = std::get_if<op::Activation>(&node.attributes)) function = activation->function;
  return function == op::Function::kRelu || function == op::Function::kRelu6 || function == op::Function::kSigmoid;
}

float range_of(const network::Network& network, const Node& node, const Ranges& ranges) {
  const std::string& name = network.operations()[node.value].name;
  const auto found = ranges.find(name);
  if (found != ranges.end() && std::isfinite(found->second) && found->second >= 0)
    return std::max(found->second, 1e-6F);
  throw Error(ErrorCode::kInvalidArgument,
              "int8 needs the range of " + name + " of " + network.name() + ": calibrate it on pictures first");
}

// What is passed on and where it comes from become equal; true where something grew.
bool join(std::vector<Extent>& extents, const Node& node, std::size_t index) {
  std::vector<std::size_t> together = node.inputs;
  together.push_back(index);
  Extent all = {0, false};
  for (const std::size_t i : together) {
    all.top = std::max(all.top, extents[i].top);
    all.is_signed = all.is_signed || extents[i].is_signed;
  }
  bool grew = false;
  for (const std::size_t i : together) {
    grew = grew || !(extents[i] == all);
    extents[i] = all;
  }
  return grew;
}

}  // namespace

std::vector<ByteScale> plan_bytes(const network::Network& network, const Lowered& lowered, const Ranges& ranges) {
  std::vector<Extent> extents(lowered.nodes.size());
  for (std::size_t i = 0; i < extents.size(); ++i) {
    const Node& node = lowered.nodes[i];
    if (!is_picture(node) || passes_on(node)) continue;
    extents[i] = {range_of(network, node, ranges), i == 0 || !is_never_negative(node)};
  }
  for (bool grew = true; grew;) {
    grew = false;
    for (std::size_t i = 1; i < extents.size(); ++i) {
      const Node& node = lowered.nodes[i];
      if (is_picture(node) && passes_on(node)) grew = join(extents, node, i) || grew;
    }
  }
  std::vector<ByteScale> scales;
  for (const Extent& extent : extents)
    scales.push_back({extent.top / (extent.is_signed ? 127.0F : 255.0F), extent.is_signed});
  return scales;
}

}  // namespace aisle::engine
