#include "model/engine/lower.h"

#include <algorithm>

namespace aisle::engine {
namespace {

namespace op = network::op;
using network::Operation;

template <typename T>
bool is(const Node& node) {
  return std::holds_alternative<T>(node.attributes);
}

class Lowering {
 public:
  Lowering(const network::Network& network, const std::vector<std::string>& outputs)
      : operations_(network.operations()), uses_(operations_.size(), 0), node_of_(operations_.size(), 0) {
    for (const std::string& name : outputs) wanted_.push_back(network.output(name));
  }

  Lowered run() {
    count_uses();
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (i == 0 || uses_[i] > 0) place(i);
    }
    for (const std::size_t operation : wanted_) lowered_.outputs.push_back(node_of_[operation]);
    drop_merged();
    find_last_uses();
    return std::move(lowered_);
  }

 private:
  // How often each operation's value is read, on the way to the wanted outputs.
  void count_uses() {
    for (const std::size_t operation : wanted_) ++uses_[operation];
    for (std::size_t i = operations_.size(); i-- > 0;) {
      if (uses_[i] == 0) continue;
      for (const std::size_t input : operations_[i].inputs) ++uses_[input];
    }
  }

  bool single(std::size_t operation) const { return uses_[operation] == 1; }
  Node& producer(std::size_t operation) { return lowered_.nodes[node_of_[operation]]; }

  // Into the node that computes its input where that is possible, else as a node of its own.
  void place(std::size_t i) {
    const Operation& operation = operations_[i];
    if (!absorbed(i, operation)) {
      Node node{operation.attributes, {i}, {}, {}, {}, {}, operation.shape};
      for (const std::size_t input : operation.inputs) node.inputs.push_back(node_of_[input]);
      take_residual(operation, node);
      take_attention_inputs(operation, node);
      lowered_.nodes.push_back(std::move(node));
      node_of_[i] = lowered_.nodes.size() - 1;
    }
    producer(i).value = i;
  }

  bool absorbed(std::size_t i, const Operation& operation) {
    if (operation.inputs.empty()) return false;
    const std::size_t input = operation.inputs.front();
    if (std::holds_alternative<op::Dropout>(operation.attributes)) {
      node_of_[i] = node_of_[input];
      if (single(input)) uses_[input] = uses_[i];  // who reads this reads that
      return true;
    }
    if (std::holds_alternative<op::BatchNorm>(operation.attributes)) return fold_norm(i, input);
    if (const auto* activation = std::get_if<op::Activation>(&operation.attributes))
      return fold_activation(i, input, activation->function);
    if (std::holds_alternative<op::Add>(operation.attributes)) return fold_add(i, operation);
    return false;
  }

  bool fold_norm(std::size_t i, std::size_t input) {
    Node& node = producer(input);
    if (!single(input) || !is<op::Conv2d>(node) || node.norm || node.residual || node.activation) return false;
    node.norm = i;
    node_of_[i] = node_of_[input];
    return true;
  }

  bool fold_activation(std::size_t i, std::size_t input, op::Function function) {
    Node& node = producer(input);
    const bool can = is<op::Conv2d>(node) || is<op::Linear>(node) || is<op::Conv1d>(node) ||
                     (is<op::Add>(node) && node.shape.dims.size() == 3);
    if (!single(input) || !can || node.activation) return false;
    node.activation = function;
    node_of_[i] = node_of_[input];
    return true;
  }

  bool fold_add(std::size_t i, const Operation& operation) {
    std::size_t late = operation.inputs[0], early = operation.inputs[1];
    if (late == early) return false;
    if (node_of_[late] < node_of_[early]) std::swap(late, early);
    Node& node = producer(late);
    if (!single(late) || node.residual || node.activation) return false;
    if (is<op::Embedding>(node) && is<op::Embedding>(producer(early)) && single(early)) {
      Node& sum = producer(early);
      sum.operations.insert(sum.operations.end(), node.operations.begin(), node.operations.end());
      removed_.push_back(node_of_[late]);
      node_of_[late] = node_of_[i] = node_of_[early];
      return true;
    }
    if (!is<op::Conv2d>(node) || node_of_[early] == 0 || !nobody_else_reads(early, node.operations.front(), i))
      return false;
    node.residual = node_of_[early];
    node_of_[i] = node_of_[late];
    return true;
  }

  // A convolution adds to what lies where it writes: from it on, nobody but the sum itself may read that.
  bool nobody_else_reads(std::size_t early, std::size_t from, std::size_t sum) const {
    const auto is_early = [&](std::size_t operation) { return root(operation) == root(early); };
    for (std::size_t k = from; k < operations_.size(); ++k) {
      const auto& inputs = operations_[k].inputs;
      if (k != sum && uses_[k] > 0 && std::any_of(inputs.begin(), inputs.end(), is_early)) return false;
    }
    return std::none_of(wanted_.begin(), wanted_.end(), is_early);
  }

  // What a dropout passes on.
  std::size_t root(std::size_t operation) const {
    while (std::holds_alternative<op::Dropout>(operations_[operation].attributes))
      operation = operations_[operation].inputs.front();
    return operation;
  }

  // Layer norm of a sum adds while it reads.
  void take_residual(const Operation& operation, Node& node) {
    if (!std::holds_alternative<op::LayerNorm>(operation.attributes)) return;
    const std::size_t input = operation.inputs.front();
    const Node& sum = producer(input);
    if (!is<op::Add>(sum) || !single(input)) return;
    removed_.push_back(node.inputs.front());
    node.residual = sum.inputs[1];
    node.inputs = {sum.inputs[0]};
  }

  // Query, key and value of one input become one product of three times the width.
  void take_attention_inputs(const Operation& operation, Node& node) {
    if (!std::holds_alternative<op::Attention>(operation.attributes)) return;
    const Node& query = lowered_.nodes[node.inputs[0]];
    for (std::size_t k = 0; k < 3; ++k) {
      const Node& part = lowered_.nodes[node.inputs[k]];
      if (!is<op::Linear>(part) || !single(operation.inputs[k]) || part.activation || part.inputs != query.inputs)
        return;
    }
    if (node.inputs[0] + 2 != node.inputs[2] || node.inputs[0] + 1 != node.inputs[1]) return;
    Node& merged = lowered_.nodes[node.inputs[2]];
    merged.operations = {query.operations[0], lowered_.nodes[node.inputs[1]].operations[0], merged.operations[0]};
    merged.shape.dims[0] *= 3;
    removed_.push_back(node.inputs[0]);
    removed_.push_back(node.inputs[1]);
    node.inputs = {node.inputs[2]};
  }

  void drop_merged() {
    std::vector<std::size_t> place(lowered_.nodes.size());
    std::vector<Node> kept;
    for (std::size_t i = 0; i < place.size(); ++i) {
      place[i] = kept.size();
      if (std::find(removed_.begin(), removed_.end(), i) == removed_.end()) kept.push_back(lowered_.nodes[i]);
    }
    for (Node& node : kept) {
      for (std::size_t& input : node.inputs) input = place[input];
      if (node.residual) node.residual = place[*node.residual];
    }
    for (std::size_t& output : lowered_.outputs) output = place[output];
    lowered_.nodes = std::move(kept);
  }

  void find_last_uses() {
    lowered_.last_use.assign(lowered_.nodes.size(), 0);
    for (std::size_t i = 0; i < lowered_.nodes.size(); ++i) {
      lowered_.last_use[i] = std::max(lowered_.last_use[i], i);
      for (const std::size_t input : lowered_.nodes[i].inputs) lowered_.last_use[input] = i;
      if (lowered_.nodes[i].residual) lowered_.last_use[*lowered_.nodes[i].residual] = i;
    }
    for (const std::size_t output : lowered_.outputs) lowered_.last_use[output] = lowered_.nodes.size();
  }

  const std::vector<Operation>& operations_;
  std::vector<std::size_t> wanted_;
  std::vector<std::size_t> uses_;     // of operations
  std::vector<std::size_t> node_of_;  // of operations
  std::vector<std::size_t> removed_;  // nodes
  Lowered lowered_;
};

}  // namespace

Lowered lower(const network::Network& network, const std::vector<std::string>& outputs) {
  return Lowering(network, outputs).run();
}

}  // namespace aisle::engine
