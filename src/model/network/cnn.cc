#include "model/network/cnn.h"

#include <fmt/format.h>

namespace aisle::network {

Network build_cnn(const CnnConfig& config) {
  NetworkBuilder b("cnn");
  Value x = b.picture("pixels", 3, config.size, config.size);
  for (int i = 1; i <= 5; ++i) {
    x = b.conv(fmt::format("conv{}", i), x, {.out = 16 << i, .kernel = {3, 3}, .padding = {1, 1, 1, 1}});
    x = b.activation(fmt::format("relu{}", i), b.batch_norm(fmt::format("bn{}", i), x), op::Function::kRelu);
    x = b.pool(fmt::format("pool{}", i), x, {.max = true, .kernel = {2, 2}, .stride = 2});
  }
  const Value features = b.global_avg_pool("avgpool", x);
  std::map<std::string, Value> outputs = {{"features", features}};
  if (config.classes > 0)
    outputs.emplace("logits", b.linear("fc", b.dropout("dropout", features, config.dropout), config.classes));
  return b.build(outputs);
}

}  // namespace aisle::network
