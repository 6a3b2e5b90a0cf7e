// What a frozen model does behind its network: features to calibrated probabilities.
#pragma once

#include <string>

#include "model/frozen/frozen_model.h"
#include "model/onnx/graph_builder.h"

namespace aisle::onnx {

// Rows divided by their length; rows of zeros stay.
std::string add_normalisation(GraphBuilder& graph, const std::string& features);

// [batch, K]: regression, softmax with the top's scale, or sigmoids for tags. See model/calibration.h. Copies what it
// needs of `parts`.
std::string add_classifier(GraphBuilder& graph, const std::string& features, const FrozenParts& parts);

}  // namespace aisle::onnx
