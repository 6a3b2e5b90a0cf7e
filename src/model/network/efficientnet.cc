#include "model/network/efficientnet.h"

#include <fmt/format.h>

namespace aisle::network {
namespace {

struct Stage {
  int blocks;
  std::int64_t kernel, stride, out;
};
constexpr Stage kStages[] = {{1, 3, 1, 16},  {2, 3, 2, 24},  {2, 5, 2, 40}, {3, 3, 2, 80},
                             {3, 5, 1, 112}, {4, 5, 2, 192}, {1, 3, 1, 320}};
constexpr std::int64_t kExpansion = 6;

class EfficientNetBuilder {
 public:
  EfficientNetBuilder(EfficientNetOrigin origin, std::int64_t size)
      : same_(origin == EfficientNetOrigin::kTensorFlow),
        epsilon_(same_ ? 1e-3 : 1e-5),
        b_(same_ ? "tf_efficientnet_lite0" : "efficientnet_lite0") {
    x_ = b_.picture("pixels", 3, size, size);
    x_ = norm_act("bn1", conv("conv_stem", x_, 32, 3, 2, 1));
  }

  void stage(std::size_t number, const Stage& stage) {
    for (int i = 0; i < stage.blocks; ++i) {
      const std::string under = fmt::format("blocks.{}.{}.", number, i);
      const Value before = x_;
      const std::int64_t in = b_.shape(x_).dims[0], stride = i == 0 ? stage.stride : 1;
      number == 0 ? separable(under, stage, stride) : inverted(under, stage, stride);
      if (stride == 1 && in == stage.out) x_ = b_.add(under + "add", x_, before);
    }
  }

  Network finish(std::int64_t classes) {
    x_ = norm_act("bn2", conv("conv_head", x_, 1280, 1, 1, 1));
    const Value features = b_.global_avg_pool("global_pool", x_);
    std::map<std::string, Value> outputs = {{"features", features}};
    if (classes > 0) outputs.emplace("logits", b_.linear("classifier", b_.dropout("dropout", features, 0.2), classes));
    return b_.build(outputs);
  }

 private:
  // The first block does not expand.
  void separable(const std::string& under, const Stage& stage, std::int64_t stride) {
    const std::int64_t in = b_.shape(x_).dims[0];
    x_ = norm_act(under + "bn1", conv(under + "conv_dw", x_, in, stage.kernel, stride, in));
    x_ = norm(under + "bn2", conv(under + "conv_pw", x_, stage.out, 1, 1, 1));
  }

  void inverted(const std::string& under, const Stage& stage, std::int64_t stride) {
    const std::int64_t wide = kExpansion * b_.shape(x_).dims[0];
    x_ = norm_act(under + "bn1", conv(under + "conv_pw", x_, wide, 1, 1, 1));
    x_ = norm_act(under + "bn2", conv(under + "conv_dw", x_, wide, stage.kernel, stride, wide));
    x_ = norm(under + "bn3", conv(under + "conv_pwl", x_, stage.out, 1, 1, 1));
  }

  Value conv(std::string name, Value x, std::int64_t out, std::int64_t kernel, std::int64_t stride,
             std::int64_t groups) {
    const Dims& dims = b_.shape(x).dims;
    const std::int64_t half = kernel / 2;
    const op::Padding padding =
        same_ ? same_padding(dims[1], dims[2], kernel, stride) : op::Padding{half, half, half, half};
    return b_.conv(std::move(name), x,
                   {.out = out, .kernel = {kernel, kernel}, .stride = stride, .groups = groups, .padding = padding});
  }
  Value norm(std::string name, Value x) { return b_.batch_norm(std::move(name), x, epsilon_); }
  Value norm_act(const std::string& name, Value x) {
    return b_.activation(name + ".act", norm(name, x), op::Function::kRelu6);
  }

  bool same_;
  double epsilon_;
  NetworkBuilder b_;
  Value x_;
};

}  // namespace

Network build_efficientnet_lite0(std::int64_t classes, EfficientNetOrigin origin, std::int64_t size) {
  EfficientNetBuilder builder(origin, size);
  for (std::size_t number = 0; number < std::size(kStages); ++number) builder.stage(number, kStages[number]);
  return builder.finish(classes);
}

}  // namespace aisle::network
