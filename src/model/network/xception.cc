#include "model/network/xception.h"

#include <fmt/format.h>

namespace aisle::network {
namespace {

struct Block {
  std::int64_t in, out;
  int convolutions;
  std::int64_t stride;
  bool start_with_relu = true;
  bool grow_first = true;  // else the last of its convolutions widens
};

class XceptionBuilder {
 public:
  explicit XceptionBuilder(std::int64_t size) : b_("xception") {
    x_ = b_.picture("pixels", 3, size, size);
    x_ = relu("act1", norm("bn1", b_.conv("conv1", x_, {.out = 32, .kernel = {3, 3}, .stride = 2})));
    x_ = relu("act2", norm("bn2", b_.conv("conv2", x_, {.out = 64, .kernel = {3, 3}})));
  }

  void block(int number, const Block& block) {
    const std::string under = fmt::format("block{}.", number);
    const Value inner = repeated(under + "rep.", block);
    Value shortcut = x_;
    if (block.in != block.out || block.stride != 1) {
      const Value projected = b_.conv(under + "skip", x_, {.out = block.out, .stride = block.stride});
      shortcut = norm(under + "skipbn", projected);
    }
    x_ = b_.add(under + "add", inner, shortcut);
  }

  Network finish(std::int64_t classes) {
    x_ = relu("act3", norm("bn3", separable("conv3", x_, 1536)));
    x_ = relu("act4", norm("bn4", separable("conv4", x_, 2048)));
    const Value features = b_.global_avg_pool("global_pool", x_);
    std::map<std::string, Value> outputs = {{"features", features}};
    if (classes > 0) outputs.emplace("logits", b_.linear("fc", features, classes));
    return b_.build(outputs);
  }

 private:
  Value relu(std::string name, Value x) { return b_.activation(std::move(name), x, op::Function::kRelu); }
  Value norm(std::string name, Value x) { return b_.batch_norm(std::move(name), x); }

  // A 3x3 convolution within each channel, then 1x1 across them.
  Value separable(const std::string& name, Value x, std::int64_t out) {
    const std::int64_t in = b_.shape(x).dims[0];
    x = b_.conv(name + ".conv1", x, {.out = in, .kernel = {3, 3}, .groups = in, .padding = {1, 1, 1, 1}});
    return b_.conv(name + ".pointwise", x, {.out = out});
  }

  // The names count the steps of timm's Sequential.
  Value repeated(const std::string& under, const Block& block) {
    Value x = x_;
    int step = 0;
    for (int i = 0; i < block.convolutions; ++i) {
      const bool wide = block.grow_first || i + 1 == block.convolutions;
      if (i > 0 || block.start_with_relu) x = relu(fmt::format("{}{}", under, step++), x);
      x = separable(fmt::format("{}{}", under, step), x, wide ? block.out : block.in);
      x = norm(fmt::format("{}{}", under, step + 1), x);
      step += 2;
    }
    if (block.stride == 1) return x;
    return b_.pool(fmt::format("{}{}", under, step), x,
                   {.max = true, .kernel = {3, 3}, .stride = block.stride, .padding = {1, 1, 1, 1}});
  }

  NetworkBuilder b_;
  Value x_;
};

}  // namespace

Network build_xception(std::int64_t classes, std::int64_t size) {
  XceptionBuilder builder(size);
  builder.block(1, {64, 128, 2, 2, /*start_with_relu=*/false});
  builder.block(2, {128, 256, 2, 2});
  builder.block(3, {256, 728, 2, 2});
  for (int number = 4; number <= 11; ++number) builder.block(number, {728, 728, 3, 1});
  builder.block(12, {728, 1024, 2, 2, true, /*grow_first=*/false});
  return builder.finish(classes);
}

}  // namespace aisle::network
