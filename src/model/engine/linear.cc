#include "model/engine/linear.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "model/engine/onednn.h"

namespace aisle::engine {
namespace {

DataType source_type(Precision precision) {
  return precision == Precision::kF32 ? DataType::f32 : precision == Precision::kBf16 ? DataType::bf16 : DataType::u8;
}
DataType weight_type(Precision precision) {
  return precision == Precision::kInt8 ? DataType::s8 : source_type(precision);
}

}  // namespace

// A primitive for each number of rows in [kUnit, kTile], for one thread, and the weights' format that all of them take.
class LinearShape {
 public:
  LinearShape(Precision precision, std::size_t in, std::size_t out)
      : precision_(precision), in_(static_cast<std::int64_t>(in)), out_(static_cast<std::int64_t>(out)) {
    const OneThread one;
    weights_ = Memory::desc({in_, out_}, weight_type(precision), Tag::any);
    weights_ = describe(Linear::kTile).weights_desc();
    for (std::size_t i = 0; i < products_.size(); ++i) {
      const auto description = describe((i + 1) * Linear::kUnit);
      products_[i] = dnnl::matmul(description);
      scratch_bytes_ = std::max(scratch_bytes_, description.scratchpad_desc().get_size());
    }
  }

  // Whether columns [k * other.out, (k + 1) * other.out) of weights packed so are weights packed for `other`.
  bool is_made_of(const LinearShape& other) const {
    const auto& mine = weights_.data.format_desc.blocking;
    const auto& its = other.weights_.data.format_desc.blocking;
    if (weights_.data.format_kind != dnnl_blocked || other.weights_.data.format_kind != dnnl_blocked) return false;
    if (mine.inner_nblks != its.inner_nblks || weights_.get_size() != out_ / other.out_ * other.weights_.get_size())
      return false;
    for (int i = 0; i < mine.inner_nblks; ++i) {
      if (mine.inner_blks[i] != its.inner_blks[i] || mine.inner_idxs[i] != its.inner_idxs[i]) return false;
    }
    return mine.strides[0] == its.strides[0] && mine.strides[1] == its.strides[1] && mine.strides[0] <= mine.strides[1];
  }

  const dnnl::engine& engine() const { return engine_; }
  const Memory::desc& weights() const { return weights_; }
  std::size_t scratch_bytes() const { return scratch_bytes_; }

  // rows: a multiple of kUnit, up to kTile.
  void run(const void* x, const void* weights, const void* bias, void* y, std::size_t rows, Buffer& scratch) const {
    scratch.grow(std::max<std::size_t>(scratch_bytes_, 1));
    const auto m = static_cast<std::int64_t>(rows);
    const auto memory = [this](const Memory::desc& desc, const void* data) {
      return Memory(desc, engine_, const_cast<void*>(data));
    };
    std::unordered_map<int, Memory> arguments = {
        {DNNL_ARG_SRC, memory(source(m), x)},
        {DNNL_ARG_WEIGHTS, memory(weights_, weights)},
        {DNNL_ARG_DST, memory(result(m), y)},
        {DNNL_ARG_SCRATCHPAD, Memory(Memory::desc({static_cast<std::int64_t>(scratch_bytes_)}, DataType::u8, Tag::a),
                                     engine_, scratch.as<void>())}};
    if (has_bias()) arguments.emplace(DNNL_ARG_BIAS, memory(bias_desc(), bias));
    dnnl::stream stream(engine_);
    products_[rows / Linear::kUnit - 1].execute(stream, arguments);
  }

 private:
  bool has_bias() const { return precision_ != Precision::kInt8; }
  Memory::desc source(std::int64_t rows) const { return {{rows, in_}, source_type(precision_), Tag::ab}; }
  Memory::desc result(std::int64_t rows) const {
    return {{rows, out_}, precision_ == Precision::kInt8 ? DataType::s32 : DataType::f32, Tag::ab};
  }
  Memory::desc bias_desc() const { return {{1, out_}, DataType::f32, Tag::ab}; }

  dnnl::matmul::primitive_desc describe(std::size_t rows) const {
    const auto m = static_cast<std::int64_t>(rows);
    const dnnl::matmul::desc what = has_bias() ? dnnl::matmul::desc(source(m), weights_, bias_desc(), result(m))
                                               : dnnl::matmul::desc(source(m), weights_, result(m));
    return guarded("build a product", [&] { return dnnl::matmul::primitive_desc(what, user_scratchpad(), engine_); });
  }

  Precision precision_;
  std::int64_t in_, out_;
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  Memory::desc weights_;
  std::array<dnnl::matmul, Linear::kTile / Linear::kUnit> products_;
  std::size_t scratch_bytes_ = 0;
};

LinearShapes::LinearShapes() = default;
LinearShapes::~LinearShapes() = default;

std::shared_ptr<const LinearShape> LinearShapes::get(Precision precision, std::size_t in, std::size_t out) {
  auto& shape = shapes_[{precision, in, out}];
  if (!shape) shape = std::make_shared<LinearShape>(precision, in, out);
  return shape;
}

namespace {

constexpr std::size_t kPanelUnit = 64;  // columns: the products' blocks

// A weight's row of the checkpoint, one output channel, becomes bytes in [-127, 127] with a scale of its own.
struct Bytes {
  std::vector<std::int8_t> values;  // [out, in]
  std::vector<float> scales, sums;  // [out]
};

Bytes to_bytes(std::span<const float> weight, std::size_t in, std::size_t out) {
  Bytes bytes{std::vector<std::int8_t>(in * out), std::vector<float>(out), std::vector<float>(out)};
  for (std::size_t o = 0; o < out; ++o) {
    const float* row = weight.data() + o * in;
    float top = 0;
    for (std::size_t i = 0; i < in; ++i) top = std::max(top, std::abs(row[i]));
    const float scale = top > 1e-30F ? top / 127 : 1;
    float sum = 0;
    for (std::size_t i = 0; i < in; ++i) {
      const float value = std::clamp(std::nearbyint(row[i] / scale), -127.0F, 127.0F);
      bytes.values[o * in + i] = static_cast<std::int8_t>(value);
      sum += value;
    }
    bytes.scales[o] = scale;
    bytes.sums[o] = sum;
  }
  return bytes;
}

Buffer copy_of(std::span<const float> values) {
  Buffer buffer(std::max<std::size_t>(values.size_bytes(), 1));
  std::memcpy(buffer.as<void>(), values.data(), values.size_bytes());
  return buffer;
}

}  // namespace

Linear::Linear(LinearShapes& shapes, Precision precision, std::size_t in, std::size_t out,
               std::span<const float> weight, std::span<const float> bias,
               std::optional<network::op::Function> activation, std::size_t team)
    : in_(in), out_(out), precision_(precision), shape_(shapes.get(precision, in, out)), activation_(activation) {
  const OneThread one;
  if (team > 1 && out % (team * kPanelUnit) == 0) {
    panel_ = shapes.get(precision, in, out / team);
    if (shape_->is_made_of(*panel_)) panels_ = team;
  }
  const std::vector<float> zeros(bias.empty() ? out : 0);
  bias_ = copy_of(bias.empty() ? std::span<const float>(zeros) : bias);
  weights_.grow(shape_->weights().get_size());
  const dnnl::engine& engine = shape_->engine();
  dnnl::stream stream(engine);
  Memory packed(shape_->weights(), engine, weights_.as<void>());
  const Memory::dims dims = {static_cast<std::int64_t>(in), static_cast<std::int64_t>(out)};
  guarded("pack weights", [&] {
    if (precision == Precision::kInt8) {
      Bytes bytes = to_bytes(weight, in, out);
      column_scales_ = copy_of(bytes.scales);
      column_sums_ = copy_of(bytes.sums);
      Memory plain({dims, DataType::s8, Tag::ba}, engine, bytes.values.data());
      dnnl::reorder(plain, packed).execute(stream, plain, packed);
    } else {
      Memory plain({dims, DataType::f32, Tag::ba}, engine, const_cast<float*>(weight.data()));
      dnnl::reorder(plain, packed).execute(stream, plain, packed);
    }
  });
}

Linear::~Linear() = default;
Linear::Linear(Linear&&) noexcept = default;

std::size_t Linear::weight_bytes() const {
  return weights_.size_bytes();
}

void Linear::run(const float* x, std::size_t rows, float* y, LinearScratch& scratch) const {
  for (std::size_t row = 0; row < rows; row += kTile) {
    const std::size_t tile = std::min(kTile, (rows - row + kUnit - 1) / kUnit * kUnit);
    run_tile(x + row * in_, tile, y + row * out_, scratch);
    if (activation_) kernels().activate(*activation_, y + row * out_, tile * out_);
  }
}

const void* Linear::convert(const float* x, std::size_t rows, LinearScratch& scratch) const {
  const Kernels& loops = kernels();
  if (precision_ == Precision::kF32) return x;
  scratch.input.grow(kTile * in_ * sizeof(std::uint16_t));
  if (precision_ == Precision::kBf16) {
    loops.to_bf16(x, rows * in_, scratch.input.as<std::uint16_t>());
  } else {
    scratch.scales.grow(kTile * sizeof(RowScale));
    loops.quantise(x, rows, in_, has_wide_byte_sums() ? 255 : 127, scratch.input.as<std::uint8_t>(),
                   scratch.scales.as<RowScale>());
  }
  return scratch.input.as<void>();
}

// Rows [row, row + rows) of scratch.sums [.., columns] to columns [first, first + columns) of one row of y and the rows
// that follow it densely.
void Linear::dequantise(const LinearScratch& scratch, std::size_t row, std::size_t rows, std::size_t first,
                        std::size_t columns, float* y) const {
  const Dequantise how = {scratch.scales.as<RowScale>() + row, column_scales_.as<float>() + first,
                          column_sums_.as<float>() + first, bias_.as<float>() + first};
  kernels().dequantise(scratch.sums.as<std::int32_t>() + row * columns, how, rows, columns, y);
}

void Linear::run_tile(const float* x, std::size_t rows, float* y, LinearScratch& scratch) const {
  const void* input = convert(x, rows, scratch);
  if (precision_ != Precision::kInt8)
    return shape_->run(input, weights_.as<void>(), bias_.as<void>(), y, rows, scratch.library);
  scratch.sums.grow(kTile * out_ * sizeof(std::int32_t));
  shape_->run(input, weights_.as<void>(), nullptr, scratch.sums.as<void>(), rows, scratch.library);
  dequantise(scratch, 0, rows, 0, out_, y);
}

void Linear::run_panel(const float* x, std::size_t rows, float* y, std::size_t panel, LinearScratch& scratch) const {
  const std::size_t columns = out_ / panels_, first = panel * columns;
  const std::byte* weights = weights_.as<std::byte>() + panel * panel_->weights().get_size();
  scratch.sums.grow(kTile * columns * sizeof(float));
  for (std::size_t begin = 0; begin < rows; begin += kTile) {
    const std::size_t tile = std::min(kTile, (rows - begin + kUnit - 1) / kUnit * kUnit);
    const void* input = convert(x + begin * in_, tile, scratch);
    panel_->run(input, weights, bias_.as<float>() + first, scratch.sums.as<void>(), tile, scratch.library);
    for (std::size_t row = 0; row < tile; ++row) {
      float* to = y + (begin + row) * out_ + first;
      if (precision_ == Precision::kInt8) {
        dequantise(scratch, row, 1, first, columns, to);
      } else {
        std::memcpy(to, scratch.sums.as<float>() + row * columns, columns * sizeof(float));
      }
      if (activation_) kernels().activate(*activation_, to, columns);
    }
  }
}

}  // namespace aisle::engine
