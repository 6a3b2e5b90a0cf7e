// Turns a network into the steps that are worth running: what no wanted output needs is dropped, and operations that
// one pass over the numbers can do together become one node. Knows no library and no numbers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/network/network.h"

namespace aisle::engine {

// One pass. In this order: the leading operation, the folded batch norm, + residual, activation.
struct Node {
  network::Attributes attributes;       // of the leading operation
  std::vector<std::size_t> operations;  // the leading one; several where equal ones were merged (query, key and value
                                        // into one product; embeddings into one sum)
  std::vector<std::size_t> inputs;      // nodes; empty for the input of the network
  std::optional<std::size_t> norm;      // the batch norm's operation, behind a convolution
  std::optional<std::size_t> residual;  // a node whose value is added; layer norm: before it normalises
  std::optional<network::op::Function> activation;
  network::Shape shape;   // of the result
  std::size_t value = 0;  // the operation whose result it is, the last of the pass
};

struct Lowered {
  std::vector<Node> nodes;            // in the order to run; nodes[0] is the input
  std::vector<std::size_t> outputs;   // nodes, as `outputs` was given
  std::vector<std::size_t> last_use;  // of each node's value: the last node that reads it; outputs: nodes.size()
};

// kNotFound for an output that the network does not have.
Lowered lower(const network::Network& network, const std::vector<std::string>& outputs);

}  // namespace aisle::engine
