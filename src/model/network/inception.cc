#include "model/network/inception.h"

namespace aisle::network {
namespace {

constexpr double kEpsilon = 0.001;

// Kernel and padding of one convolution; padding keeps the size unless said otherwise.
struct Kernel {
  std::int64_t height = 1, width = 1;
  std::int64_t stride = 1;
  bool padded = true;
};
constexpr Kernel k1x1{}, k3x3{3, 3}, k5x5{5, 5}, k1x7{1, 7}, k7x1{7, 1}, k1x3{1, 3}, k3x1{3, 1};
constexpr Kernel k3x3Valid{3, 3, 1, false}, k3x3Down{3, 3, 2, false};

class InceptionBuilder {
 public:
  explicit InceptionBuilder(std::int64_t size) : b_("inception_v3") {
    x_ = b_.picture("pixels", 3, size, size);
    x_ = unit("Conv2d_1a_3x3", x_, 32, k3x3Down);
    x_ = unit("Conv2d_2a_3x3", x_, 32, k3x3Valid);
    x_ = unit("Conv2d_2b_3x3", x_, 64, k3x3);
    x_ = max_pool("maxpool1", x_);
    x_ = unit("Conv2d_3b_1x1", x_, 80, k1x1);
    x_ = unit("Conv2d_4a_3x3", x_, 192, k3x3Valid);
    x_ = max_pool("maxpool2", x_);
  }

  // Blocks are named as in the paper's implementation: A and C keep the size, B and D halve it, E is the widest.
  void block_a(const std::string& name, std::int64_t pool_width) {
    under_ = name + ".";
    const Value one = unit_here("branch1x1", x_, 64, k1x1);
    Value five = unit_here("branch5x5_1", x_, 48, k1x1);
    five = unit_here("branch5x5_2", five, 64, k5x5);
    Value three = unit_here("branch3x3dbl_1", x_, 64, k1x1);
    three = unit_here("branch3x3dbl_2", three, 96, k3x3);
    three = unit_here("branch3x3dbl_3", three, 96, k3x3);
    join({one, five, three, pool_branch(pool_width)});
  }

  void block_b(const std::string& name) {
    under_ = name + ".";
    const Value three = unit_here("branch3x3", x_, 384, k3x3Down);
    Value twice = unit_here("branch3x3dbl_1", x_, 64, k1x1);
    twice = unit_here("branch3x3dbl_2", twice, 96, k3x3);
    twice = unit_here("branch3x3dbl_3", twice, 96, k3x3Down);
    join({three, twice, max_pool(under_ + "pool", x_)});
  }

  void block_c(const std::string& name, std::int64_t width) {
    under_ = name + ".";
    const Value one = unit_here("branch1x1", x_, 192, k1x1);
    Value seven = unit_here("branch7x7_1", x_, width, k1x1);
    seven = unit_here("branch7x7_2", seven, width, k1x7);
    seven = unit_here("branch7x7_3", seven, 192, k7x1);
    Value twice = unit_here("branch7x7dbl_1", x_, width, k1x1);
    twice = unit_here("branch7x7dbl_2", twice, width, k7x1);
    twice = unit_here("branch7x7dbl_3", twice, width, k1x7);
    twice = unit_here("branch7x7dbl_4", twice, width, k7x1);
    twice = unit_here("branch7x7dbl_5", twice, 192, k1x7);
    join({one, seven, twice, pool_branch(192)});
  }

  void block_d(const std::string& name) {
    under_ = name + ".";
    Value three = unit_here("branch3x3_1", x_, 192, k1x1);
    three = unit_here("branch3x3_2", three, 320, k3x3Down);
    Value seven = unit_here("branch7x7x3_1", x_, 192, k1x1);
    seven = unit_here("branch7x7x3_2", seven, 192, k1x7);
    seven = unit_here("branch7x7x3_3", seven, 192, k7x1);
    seven = unit_here("branch7x7x3_4", seven, 192, k3x3Down);
    join({three, seven, max_pool(under_ + "pool", x_)});
  }

  void block_e(const std::string& name) {
    under_ = name + ".";
    const Value one = unit_here("branch1x1", x_, 320, k1x1);
    const Value three = unit_here("branch3x3_1", x_, 384, k1x1);
    Value twice = unit_here("branch3x3dbl_1", x_, 448, k1x1);
    twice = unit_here("branch3x3dbl_2", twice, 384, k3x3);
    join({one, unit_here("branch3x3_2a", three, 384, k1x3), unit_here("branch3x3_2b", three, 384, k3x1),
          unit_here("branch3x3dbl_3a", twice, 384, k1x3), unit_here("branch3x3dbl_3b", twice, 384, k3x1),
          pool_branch(192)});
  }

  Network finish(std::int64_t classes) {
    const Value features = b_.global_avg_pool("avgpool", x_);
    std::map<std::string, Value> outputs = {{"features", features}};
    if (classes > 0) outputs.emplace("logits", b_.linear("fc", b_.dropout("dropout", features, 0.5), classes));
    return b_.build(outputs);
  }

 private:
  Value unit(const std::string& name, Value x, std::int64_t out, const Kernel& kernel) {
    const std::int64_t down = kernel.padded ? kernel.height / 2 : 0, right = kernel.padded ? kernel.width / 2 : 0;
    x = b_.conv(name + ".conv", x,
                {.out = out,
                 .kernel = {kernel.height, kernel.width},
                 .stride = kernel.stride,
                 .padding = {down, right, down, right}});
    return b_.activation(name + ".relu", b_.batch_norm(name + ".bn", x, kEpsilon), op::Function::kRelu);
  }
  Value unit_here(const char* name, Value x, std::int64_t out, const Kernel& kernel) {
    return unit(under_ + name, x, out, kernel);
  }
  Value max_pool(std::string name, Value x) {
    return b_.pool(std::move(name), x, {.max = true, .kernel = {3, 3}, .stride = 2});
  }
  Value pool_branch(std::int64_t width) {
    const op::Pool mean = {.max = false, .kernel = {3, 3}, .stride = 1, .padding = {1, 1, 1, 1}};
    return unit_here("branch_pool", b_.pool(under_ + "pool", x_, mean), width, k1x1);
  }
  void join(const std::vector<Value>& branches) { x_ = b_.concat(under_ + "concat", branches); }

  NetworkBuilder b_;
  Value x_;
  std::string under_;  // the block's name with its dot
};

}  // namespace

Network build_inception_v3(std::int64_t classes, std::int64_t size) {
  InceptionBuilder builder(size);
  builder.block_a("Mixed_5b", 32);
  builder.block_a("Mixed_5c", 64);
  builder.block_a("Mixed_5d", 64);
  builder.block_b("Mixed_6a");
  builder.block_c("Mixed_6b", 128);
  builder.block_c("Mixed_6c", 160);
  builder.block_c("Mixed_6d", 160);
  builder.block_c("Mixed_6e", 192);
  builder.block_d("Mixed_7a");
  builder.block_e("Mixed_7b");
  builder.block_e("Mixed_7c");
  return builder.finish(classes);
}

}  // namespace aisle::network
