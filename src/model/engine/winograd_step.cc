// Convolutions of 3 x 3 in float32 as Winograd's F(2 x 2, 3 x 3): tiles of 4 x 4 pixels, 2 apart, are transformed, 16
// products take the place of 36, and 2 x 2 pixels come back. Its error is a few times that of a plain sum; larger tiles
// would be faster still and lose too much.
#include <algorithm>
#include <cstring>
#include <limits>

#include "model/engine/picture_math.h"

namespace aisle::engine {

namespace op = network::op;

namespace {

constexpr std::size_t kPlanes = 16;
constexpr std::size_t kMostTiles = 96;  // at a time: their planes stay near
constexpr std::size_t kUnit = 8;        // of tiles
constexpr std::int64_t kLeastChannels = 32, kChannelUnit = 16;
constexpr std::int64_t kLeastPixels = 196;  // below, more weights are read than are worth it

// A range of tiles is cut into blocks of one size, which is what a primitive is built for.
std::size_t block_of(std::size_t tiles) {
  const std::size_t blocks = (tiles + kMostTiles - 1) / kMostTiles;
  const std::size_t each = (tiles + blocks - 1) / blocks;
  return (each + kUnit - 1) / kUnit * kUnit;
}

}  // namespace

class WinogradShape {
 public:
  WinogradShape(std::size_t in, std::size_t out)
      : in_(static_cast<std::int64_t>(in)), out_(static_cast<std::int64_t>(out)) {
    weights_ = Memory::desc({kPlanes, in_, out_}, DataType::f32, Tag::any);
    weights_ = describe(kMostTiles).weights_desc();
  }

  const dnnl::engine& engine() const { return engine_; }
  const Memory::desc& weights() const { return weights_; }

  void prepare(std::size_t tiles) {
    const OneThread one;
    if (products_.contains(tiles)) return;
    const auto description = describe(tiles);
    products_.emplace(tiles, Product{dnnl::matmul(description), description.scratchpad_desc()});
  }

  // x: [16, tiles, in], y: [16, tiles, out]; tiles as prepared.
  void run(std::size_t tiles, const float* x, const void* weights, float* y, Buffer& scratch) const {
    const Product& product = products_.at(tiles);
    scratch.grow(std::max<std::size_t>(1, product.scratchpad.get_size()));
    const auto memory = [this](const Memory::desc& desc, const void* data) {
      return Memory(desc, engine_, const_cast<void*>(data));
    };
    dnnl::stream stream(engine_);
    product.primitive.execute(stream, {{DNNL_ARG_SRC, memory(rows(tiles, in_), x)},
                                       {DNNL_ARG_WEIGHTS, memory(weights_, weights)},
                                       {DNNL_ARG_DST, memory(rows(tiles, out_), y)},
                                       {DNNL_ARG_SCRATCHPAD, memory(product.scratchpad, scratch.as<void>())}});
  }

 private:
  struct Product {
    dnnl::matmul primitive;
    Memory::desc scratchpad;
  };

  static Memory::desc rows(std::size_t tiles, std::int64_t width) {
    return {{kPlanes, static_cast<std::int64_t>(tiles), width}, DataType::f32, Tag::abc};
  }

  dnnl::matmul::primitive_desc describe(std::size_t tiles) const {
    const OneThread one;
    return guarded("build a product", [&] {
      return dnnl::matmul::primitive_desc(dnnl::matmul::desc(rows(tiles, in_), weights_, rows(tiles, out_)),
                                          user_scratchpad(), engine_);
    });
  }

  std::int64_t in_, out_;
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  Memory::desc weights_;
  std::map<std::size_t, Product> products_;
};

std::shared_ptr<WinogradShape> WinogradShapes::get(std::size_t in, std::size_t out) {
  auto& shape = shapes_[{in, out}];
  if (!shape) shape = std::make_shared<WinogradShape>(in, out);
  return shape;
}

namespace {

// G x: three numbers, `step` apart, to four.
void four_of_three(const double* x, std::size_t step, double* out, std::size_t out_step) {
  out[0] = x[0];
  out[out_step] = 0.5 * (x[0] + x[step] + x[2 * step]);
  out[2 * out_step] = 0.5 * (x[0] - x[step] + x[2 * step]);
  out[3 * out_step] = x[2 * step];
}

// G g G^T of every kernel: [out, in, 3, 3] to [16, in, out].
std::vector<float> transform(const std::vector<float>& weight, std::size_t in, std::size_t out) {
  std::vector<float> planes(kPlanes * in * out);
  for (std::size_t c = 0; c < in; ++c) {
    for (std::size_t o = 0; o < out; ++o) {
      double kernel[9], half[12], whole[16];  // [3, 3], [4, 3], [4, 4]
      std::copy_n(&weight[9 * (o * in + c)], 9, kernel);
      for (std::size_t column = 0; column < 3; ++column) four_of_three(kernel + column, 3, half + column, 3);
      for (std::size_t row = 0; row < 4; ++row) four_of_three(half + 3 * row, 1, whole + 4 * row, 1);
      for (std::size_t k = 0; k < kPlanes; ++k) planes[(k * in + c) * out + o] = static_cast<float>(whole[k]);
    }
  }
  return planes;
}

class WinogradStep : public Step {
 public:
  WinogradStep(const CompileContext& context, const Node& node, std::size_t index)
      : in_(context.slot(node.inputs[0])),
        out_(context.slot(index)),
        source_(context.lowered.nodes[node.inputs[0]].shape.dims),
        result_(node.shape.dims),
        padding_(std::get<op::Conv2d>(node.attributes).padding),
        adds_(node.residual.has_value()) {
    if (node.activation) least_ = 0;
    if (node.activation == op::Function::kRelu6) most_ = 6;
    Folded folded = fold_norm(context, node);
    bias_ = std::move(folded.bias);
    shape_ = context.winograd.get(channels_in(), channels_out());
    for (std::size_t members : {std::size_t{1}, context.team}) {
      for (std::size_t member = 0; member < members; ++member) {
        const Range range = share_of(tiles(), member, members);
        if (range.begin < range.end) shape_->prepare(block_of(range.end - range.begin));
      }
    }
    pack(transform(folded.weight, channels_in(), channels_out()));
  }

  void run(const Frame& frame, const Share& share, Scratch& scratch) const override {
    const Range range = share.of(tiles());
    if (range.begin == range.end) return;
    const std::size_t block = block_of(range.end - range.begin), in = channels_in(), out = channels_out();
    scratch.numbers.grow((in + kPlanes * block * (in + out)) * sizeof(float));
    float* zeros = scratch.numbers.as<float>();
    float* planes = zeros + in;
    float* sums = planes + kPlanes * block * in;
    std::fill_n(zeros, in, 0.0F);
    for (std::size_t first = range.begin; first < range.end; first += block) {
      const std::size_t count = std::min(block, range.end - first);
      for (std::size_t i = 0; i < count; ++i) take(frame, first + i, zeros, planes + i * in, block * in);
      for (std::size_t k = 0; k < kPlanes; ++k)
        std::fill_n(planes + (k * block + count) * in, (block - count) * in, 0.0F);
      shape_->run(block, planes, weights_.as<void>(), sums, scratch.linear.library);
      for (std::size_t i = 0; i < count; ++i) give(frame, first + i, sums + i * out, block * out);
    }
  }

 private:
  std::size_t channels_in() const { return static_cast<std::size_t>(source_[0]); }
  std::size_t channels_out() const { return static_cast<std::size_t>(result_[0]); }
  std::size_t across() const { return static_cast<std::size_t>((result_[2] + 1) / 2); }
  std::size_t tiles() const { return static_cast<std::size_t>((result_[1] + 1) / 2) * across(); }

  void pack(const std::vector<float>& planes) {
    const OneThread one;
    weights_.grow(shape_->weights().get_size());
    Memory plain({{kPlanes, source_[0], result_[0]}, DataType::f32, Tag::abc}, shape_->engine(),
                 const_cast<float*>(planes.data()));
    Memory packed(shape_->weights(), shape_->engine(), weights_.as<void>());
    dnnl::stream stream(shape_->engine());
    guarded("pack weights", [&] { dnnl::reorder(plain, packed).execute(stream, plain, packed); });
  }

  void take(const Frame& frame, std::size_t tile, const float* zeros, float* planes, std::size_t stride) const {
    const float* source = frame.at(in_);
    const std::int64_t top = 2 * static_cast<std::int64_t>(tile / across()) - padding_.top;
    const std::int64_t left = 2 * static_cast<std::int64_t>(tile % across()) - padding_.left;
    const float* pixels[kPlanes];
    for (std::int64_t k = 0; k < 16; ++k) {
      const std::int64_t y = top + k / 4, x = left + k % 4;
      const bool inside = y >= 0 && y < source_[1] && x >= 0 && x < source_[2];
      pixels[k] = inside ? source + (y * source_[2] + x) * source_[0] : zeros;
    }
    kernels().winograd_in(pixels, channels_in(), planes, stride);
  }

  void give(const Frame& frame, std::size_t tile, const float* sums, std::size_t stride) const {
    float* result = frame.at(out_);
    const std::int64_t top = 2 * static_cast<std::int64_t>(tile / across());
    const std::int64_t left = 2 * static_cast<std::int64_t>(tile % across());
    WinogradTile how = {sums, stride, bias_.data(), adds_, least_, most_, {}};
    for (std::int64_t k = 0; k < 4; ++k) {
      const std::int64_t y = top + k / 2, x = left + k % 2;
      if (y < result_[1] && x < result_[2]) how.out[k] = result + (y * result_[2] + x) * result_[0];
    }
    kernels().winograd_out(how, channels_out());
  }

  Slot in_, out_;
  network::Dims source_, result_;
  op::Padding padding_;
  bool adds_;
  float least_ = std::numeric_limits<float>::lowest(), most_ = std::numeric_limits<float>::max();
  std::vector<float> bias_;
  std::shared_ptr<WinogradShape> shape_;
  Buffer weights_;
};

bool is_worth_it(const CompileContext& context, const Node& node) {
  const auto& how = std::get<op::Conv2d>(node.attributes);
  const network::Dims &source = context.lowered.nodes[node.inputs[0]].shape.dims, &result = node.shape.dims;
  const auto fits = [](std::int64_t channels) { return channels >= kLeastChannels && channels % kChannelUnit == 0; };
  return context.precision == Precision::kF32 && how.kernel == std::array<std::int64_t, 2>{3, 3} && how.stride == 1 &&
         how.dilation == 1 && how.groups == 1 && fits(source[0]) && fits(result[0]) &&
         result[1] * result[2] >= kLeastPixels &&
         (!node.activation || *node.activation == op::Function::kRelu || *node.activation == op::Function::kRelu6);
}

}  // namespace

std::unique_ptr<Step> make_winograd_step(const CompileContext& context, std::size_t index) {
  const Node& node = context.lowered.nodes[index];
  if (!is_worth_it(context, node)) return nullptr;
  return std::make_unique<WinogradStep>(context, node, index);
}

}  // namespace aisle::engine
