#include "model/network/dnn.h"

namespace aisle::network {

Network build_dnn(const DnnConfig& config) {
  NetworkBuilder b("dnn");
  Value x = b.dense("tfidf", config.inputs);
  x = b.activation("relu1", b.linear("fc1", x, config.hidden), op::Function::kRelu);
  x = b.linear("fc2", b.dropout("dropout1", x, config.dropout), config.hidden / 2);
  const Value features = b.activation("relu2", x, op::Function::kRelu);
  std::map<std::string, Value> outputs = {{"features", features}};
  if (config.classes > 0)
    outputs.emplace("logits", b.linear("fc", b.dropout("dropout2", features, config.dropout), config.classes));
  return b.build(outputs);
}

}  // namespace aisle::network
