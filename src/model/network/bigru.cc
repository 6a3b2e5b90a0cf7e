#include "model/network/bigru.h"

namespace aisle::network {

Network build_bigru(const BigruConfig& config) {
  NetworkBuilder b("bigru");
  const Value x = b.embedding("embedding", b.ids("input_ids"), {.rows = config.vocabulary, .width = config.embedding});
  const Value features = b.gru("gru", x, {.hidden = config.hidden, .bidirectional = true, .last = true});
  std::map<std::string, Value> outputs = {{"features", features}};
  if (config.classes > 0)
    outputs.emplace("logits", b.linear("fc", b.dropout("dropout", features, config.dropout), config.classes));
  return b.build(outputs);
}

}  // namespace aisle::network
