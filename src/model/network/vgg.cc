#include "model/network/vgg.h"

#include <fmt/format.h>

namespace aisle::network {
namespace {

constexpr int kStages[][2] = {{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}};  // width, convolutions
constexpr std::int64_t kClassifierWidth = 4096;

// torchvision numbers every step of its Sequential, ReLU and pooling included.
Value convolutions(NetworkBuilder& b, Value x) {
  int step = 0;
  for (const auto& [width, count] : kStages) {
    for (int i = 0; i < count; ++i) {
      x = b.conv(fmt::format("features.{}", step), x,
                 {.out = width, .kernel = {3, 3}, .padding = {1, 1, 1, 1}, .bias = true});
      x = b.activation(fmt::format("features.{}", step + 1), x, op::Function::kRelu);
      step += 2;
    }
    x = b.pool(fmt::format("features.{}", step++), x, {.max = true, .kernel = {2, 2}, .stride = 2});
  }
  return x;
}

Value classifier(NetworkBuilder& b, Value x, std::int64_t classes) {
  x = b.flatten("flatten", x);
  for (int step = 0; step < 6; step += 3) {
    x = b.linear(fmt::format("classifier.{}", step), x, kClassifierWidth);
    x = b.activation(fmt::format("classifier.{}", step + 1), x, op::Function::kRelu);
    x = b.dropout(fmt::format("classifier.{}", step + 2), x, 0.5);
  }
  return b.linear("classifier.6", x, classes);
}

}  // namespace

Network build_vgg16(std::int64_t classes, std::int64_t size) {
  NetworkBuilder b("vgg16");
  const Value x = convolutions(b, b.picture("pixels", 3, size, size));
  std::map<std::string, Value> outputs = {{"features", b.global_avg_pool("pool", x)}};
  if (classes > 0) outputs.emplace("logits", classifier(b, x, classes));
  return b.build(outputs);
}

}  // namespace aisle::network
