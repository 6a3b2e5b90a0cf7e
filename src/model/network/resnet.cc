#include "model/network/resnet.h"

#include <fmt/format.h>

namespace aisle::network {
namespace {

class ResnetBuilder {
 public:
  ResnetBuilder(std::string name, std::int64_t size) : b_(std::move(name)) {
    x_ = b_.picture("pixels", 3, size, size);
    x_ = conv_norm("conv1", "bn1", x_, {.out = 64, .kernel = {7, 7}, .stride = 2, .padding = {3, 3, 3, 3}});
    x_ = relu("relu", x_);
    x_ = b_.pool("maxpool", x_, {.max = true, .kernel = {3, 3}, .stride = 2, .padding = {1, 1, 1, 1}});
  }

  // One of the four stages; width is that of the 3x3 convolutions.
  void stage(int number, int blocks, std::int64_t width, std::int64_t stride, bool bottleneck) {
    for (int i = 0; i < blocks; ++i) {
      const std::string under = fmt::format("layer{}.{}.", number, i);
      const std::int64_t out = bottleneck ? 4 * width : width;
      const std::int64_t step = i == 0 ? stride : 1;
      const Value main = bottleneck ? bottleneck_path(under, width, step) : basic_path(under, width, step);
      Value shortcut = x_;
      if (step != 1 || b_.shape(x_).dims[0] != out)
        shortcut = conv_norm(under + "downsample.0", under + "downsample.1", x_, {.out = out, .stride = step});
      x_ = relu(under + "relu", b_.add(under + "add", main, shortcut));
    }
  }

  Network finish(std::int64_t classes) {
    const Value features = b_.global_avg_pool("avgpool", x_);
    std::map<std::string, Value> outputs = {{"features", features}};
    if (classes > 0) outputs.emplace("logits", b_.linear("fc", features, classes));
    return b_.build(outputs);
  }

 private:
  Value relu(std::string name, Value x) { return b_.activation(std::move(name), x, op::Function::kRelu); }

  Value conv_norm(std::string conv, std::string norm, Value x, const op::Conv2d& how) {
    return b_.batch_norm(std::move(norm), b_.conv(std::move(conv), x, how));
  }

  Value basic_path(const std::string& under, std::int64_t width, std::int64_t stride) {
    op::Conv2d three = {.out = width, .kernel = {3, 3}, .stride = stride, .padding = {1, 1, 1, 1}};
    const Value x = relu(under + "relu1", conv_norm(under + "conv1", under + "bn1", x_, three));
    three.stride = 1;
    return conv_norm(under + "conv2", under + "bn2", x, three);
  }

  Value bottleneck_path(const std::string& under, std::int64_t width, std::int64_t stride) {
    const op::Conv2d three = {.out = width, .kernel = {3, 3}, .stride = stride, .padding = {1, 1, 1, 1}};
    Value x = relu(under + "relu1", conv_norm(under + "conv1", under + "bn1", x_, {.out = width}));
    x = relu(under + "relu2", conv_norm(under + "conv2", under + "bn2", x, three));
    return conv_norm(under + "conv3", under + "bn3", x, {.out = 4 * width});
  }

  NetworkBuilder b_;
  Value x_;
};

}  // namespace

Network build_resnet18(std::int64_t classes, std::int64_t size) {
  ResnetBuilder builder("resnet18", size);
  for (int i = 0; i < 4; ++i) builder.stage(i + 1, 2, std::int64_t{64} << i, i == 0 ? 1 : 2, false);
  return builder.finish(classes);
}

Network build_resnet50(std::int64_t classes, std::int64_t size) {
  constexpr int kBlocks[] = {3, 4, 6, 3};
  ResnetBuilder builder("resnet50", size);
  for (int i = 0; i < 4; ++i) builder.stage(i + 1, kBlocks[i], std::int64_t{64} << i, i == 0 ? 1 : 2, true);
  return builder.finish(classes);
}

}  // namespace aisle::network
