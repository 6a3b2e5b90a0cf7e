#include "model/network/conv1d.h"

namespace aisle::network {

Network build_conv1d(const Conv1dConfig& config) {
  NetworkBuilder b("conv1d");
  Value x = b.embedding("embedding", b.ids("input_ids"), {.rows = config.vocabulary, .width = config.embedding});
  for (const char* name : {"conv1", "conv2"}) {
    x = b.conv1d(name, x, {.out = config.filters, .kernel = config.kernel});
    x = b.activation(std::string(name) + ".relu", x, op::Function::kRelu);
  }
  const Value features = b.over_tokens("max", x, op::Over::kMax);
  std::map<std::string, Value> outputs = {{"features", features}};
  if (config.classes > 0)
    outputs.emplace("logits", b.linear("fc", b.dropout("dropout", features, config.dropout), config.classes));
  return b.build(outputs);
}

}  // namespace aisle::network
