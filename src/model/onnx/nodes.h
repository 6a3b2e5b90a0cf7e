// One operation of a description on its way to ONNX. A kind of operation is one function, in the file of what it works
// on; translate.cc lists them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/network/network.h"
#include "model/network/weights.h"
#include "model/onnx/graph_builder.h"

namespace aisle::onnx {

// The inputs, as Hugging Face's exports name them, and what is open in their shapes.
inline constexpr const char* kIdsInput = "input_ids";
inline constexpr const char* kMaskInput = "attention_mask";
inline constexpr const char* kTypesInput = "token_type_ids";
inline constexpr const char* kPictureInput = "pixel_values";
inline constexpr const char* kBatch = "batch";
inline constexpr const char* kLength = "length";

// In ONNX the texts of a batch are rows of one length, filled up behind their end: a value over tokens is
// [batch, length, width] and the mask says what is text. Values of the mask are made when they are first asked for.
class TextMask {
 public:
  explicit TextMask(GraphBuilder& graph) : graph_(graph) {}
  const std::string& of_tokens();    // [batch, length, 1] float, 1 where there is a token
  const std::string& of_scores();    // [batch, 1, 1, length] float, to be added to a score: 0 or very small
  const std::string& lengths();      // [batch] int32
  const std::string& ids_shape();    // [2] int64
  const std::string& token_types();  // [batch, length] int64: an input that only some networks have

 private:
  const std::string& made(std::optional<std::string>& value, std::string (*make)(GraphBuilder&));
  GraphBuilder& graph_;
  std::optional<std::string> of_tokens_, of_scores_, lengths_, ids_shape_, token_types_;
};

struct Scope {
  GraphBuilder& graph;
  const network::Network& network;
  const network::WeightSource& weights;
  TextMask& mask;
  const network::Operation& operation;
  const std::vector<std::string>& inputs;  // the values of operation.inputs

  const network::Shape& input_shape(std::size_t i = 0) const { return network.operations()[operation.inputs[i]].shape; }
  bool on_tokens() const { return input_shape().axis == network::Axis::kTokens; }
  std::size_t parameters() const { return operation.parameters.size(); }
  // A parameter as it is.
  std::string parameter(std::size_t i) const;
  // Its values, read when the function is called.
  std::function<std::vector<float>()> values(std::size_t i) const;
  std::string node(std::string_view type, std::vector<std::string> from, NamedAttributes attributes = {}) const {
    return graph.node(type, std::move(from), std::move(attributes));
  }
};

namespace op = network::op;

// Each returns the name of its value.
std::string nodes_of(const Scope& scope, const op::Ids& ids);
std::string nodes_of(const Scope& scope, const op::Embedding& embedding);
std::string nodes_of(const Scope& scope, const op::Attention& attention);
std::string nodes_of(const Scope& scope, const op::Conv1d& conv);
std::string nodes_of(const Scope& scope, const op::Gru& gru);
std::string nodes_of(const Scope& scope, const op::OverTokens& pool);

std::string nodes_of(const Scope& scope, const op::Dense& dense);
std::string nodes_of(const Scope& scope, const op::Linear& linear);
std::string nodes_of(const Scope& scope, const op::LayerNorm& norm);
std::string nodes_of(const Scope& scope, const op::Softmax& softmax);
std::string nodes_of(const Scope& scope, const op::Activation& activation);
std::string nodes_of(const Scope& scope, const op::Add& add);
std::string nodes_of(const Scope& scope, const op::Concat& concat);
std::string nodes_of(const Scope& scope, const op::Dropout& dropout);

std::string nodes_of(const Scope& scope, const op::Picture& picture);
std::string nodes_of(const Scope& scope, const op::Conv2d& conv);
std::string nodes_of(const Scope& scope, const op::BatchNorm& norm);
std::string nodes_of(const Scope& scope, const op::Pool& pool);
std::string nodes_of(const Scope& scope, const op::GlobalAvgPool& pool);
std::string nodes_of(const Scope& scope, const op::Flatten& flatten);

}  // namespace aisle::onnx
