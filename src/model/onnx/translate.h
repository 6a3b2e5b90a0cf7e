// A network's description as nodes of ONNX: the third reader of descriptions, beside the engine and the trainer.
//
// Inputs, as the description's input says:
//   ids      input_ids, attention_mask and, where the network has such a table, token_type_ids (zeros): [batch, length]
//            int64. The mask is 1 on tokens and 0 behind a text's end.
//   picture  pixel_values: [batch, channels, height, width] float, normalised.
//   dense    under its own name: [batch, width] float.
#pragma once

#include <string>
#include <vector>

#include "model/network/network.h"
#include "model/network/weights.h"
#include "model/onnx/graph_builder.h"

namespace aisle::onnx {

// Adds what the outputs of these names need, nothing else; gives their values' names. Keeps references to the weights:
// they are read when the graph is written. kNotFound (an output), kCorrupt (weights that do not fit).
std::vector<std::string> add_network(GraphBuilder& graph, const network::Network& network,
                                     const network::WeightSource& weights, const std::vector<std::string>& outputs);

// What a file says of an output: [batch, dims...], or [batch, length, dims...] where it has tokens.
ValueInfo output_info(const network::Network& network, const std::string& output);

}  // namespace aisle::onnx
