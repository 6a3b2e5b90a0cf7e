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

  const Memory::desc& weights() const { return weights_; }

  // [out, in] of `type` to what the products read.
  void pack(DataType type, const void* weight, void* packed) const {
    Memory plain({{in_, out_}, type, Tag::ba}, engine_, const_cast<void*>(weight));
    Memory target(weights_, engine_, packed);
    dnnl::stream stream(engine_);
    guarded("pack weights", [&] { dnnl::reorder(plain, target).execute(stream, plain, target); });
  }

  // rows: a multiple of kUnit, up to kTile.
  void run(const void* x, const void* weights, const void* bias, void* y, std::size_t rows,
           LinearScratch& scratch) const;

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

// To make oneDNN's objects takes longer than some of the products: a thread keeps them, and sets where the numbers lie.
class LinearCalls {
 public:
  struct Call {
    dnnl::stream stream;
    Memory source, weights, bias, result, scratchpad;
  };
  template <typename Make>
  Call& get(const LinearShape* shape, std::size_t rows, Make make) {
    auto& call = calls_[{shape, rows}];
    if (!call) call = std::make_unique<Call>(make());
    return *call;
  }

 private:
  std::map<std::pair<const LinearShape*, std::size_t>, std::unique_ptr<Call>> calls_;
};

void LinearShape::run(const void* x, const void* weights, const void* bias, void* y, std::size_t rows,
                      LinearScratch& scratch) const {
  scratch.library.grow(std::max<std::size_t>(scratch_bytes_, 1));
  if (!scratch.calls) scratch.calls = std::make_shared<LinearCalls>();
  const auto m = static_cast<std::int64_t>(rows);
  LinearCalls::Call& call = scratch.calls->get(this, rows, [&] {
    const Memory::desc bytes({static_cast<std::int64_t>(scratch_bytes_)}, DataType::u8, Tag::a);
    const auto empty = [this](const Memory::desc& desc) { return Memory(desc, engine_, nullptr); };
    return LinearCalls::Call{dnnl::stream(engine_), empty(source(m)), empty(weights_),
                             empty(bias_desc()),    empty(result(m)), empty(bytes)};
  });
  const auto lies = [](Memory& memory, const void* data) -> Memory& {
    memory.set_data_handle(const_cast<void*>(data));
    return memory;
  };
  std::vector<dnnl_exec_arg_t> arguments = {
      {DNNL_ARG_SRC, lies(call.source, x).get()},
      {DNNL_ARG_WEIGHTS, lies(call.weights, weights).get()},
      {DNNL_ARG_DST, lies(call.result, y).get()},
      {DNNL_ARG_SCRATCHPAD, lies(call.scratchpad, scratch.library.as<void>()).get()}};
  if (has_bias()) arguments.push_back({DNNL_ARG_BIAS, lies(call.bias, bias).get()});
  const dnnl_status_t status = dnnl_primitive_execute(products_[rows / Linear::kUnit - 1].get(), call.stream.get(),
                                                      static_cast<int>(arguments.size()), arguments.data());
  if (status != dnnl_success) throw Error(ErrorCode::kInternal, "oneDNN cannot compute a product");
}

LinearShapes::LinearShapes() = default;
LinearShapes::~LinearShapes() = default;

std::shared_ptr<const LinearShape> LinearShapes::get(Precision precision, std::size_t in, std::size_t out) {
  auto& shape = shapes_[{precision, in, out}];
  if (!shape) shape = std::make_shared<LinearShape>(precision, in, out);
  return shape;
}

namespace {

// Columns of a block: the products' own blocks are of 64, and 64 rows of 384 sums leave room in a cache of 512 KB.
constexpr std::size_t kBlockUnit = 64, kMostColumns = 384;

// The widest block of which the members of a team get equally many, or else the widest.
std::size_t block_columns(std::size_t out, std::size_t team) {
  std::size_t widest = 0;
  for (std::size_t columns = std::min(out, kMostColumns) / kBlockUnit * kBlockUnit; columns > 0;
       columns -= kBlockUnit) {
    if (out % columns != 0) continue;
    if (out / columns % team == 0) return columns;
    widest = std::max(widest, columns);
  }
  return widest > 0 ? widest : out;
}

std::size_t whole_units(std::size_t rows) {
  return (rows + Linear::kUnit - 1) / Linear::kUnit * Linear::kUnit;
}
std::size_t element_bytes(Precision precision) {
  return precision == Precision::kInt8 ? 1 : precision == Precision::kBf16 ? 2 : 4;
}

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
    : in_(in),
      out_(out),
      block_(block_columns(out, team)),
      precision_(precision),
      shape_(shapes.get(precision, in, block_)),
      activation_(activation) {
  const OneThread one;
  const std::vector<float> zeros(bias.empty() ? out : 0);
  bias_ = copy_of(bias.empty() ? std::span<const float>(zeros) : bias);
  Bytes bytes;
  if (precision == Precision::kInt8) {
    bytes = to_bytes(weight, in, out);
    column_scales_ = copy_of(bytes.scales);
    column_sums_ = copy_of(bytes.sums);
  }
  const bool is_bytes = precision == Precision::kInt8;
  const std::size_t each = shape_->weights().get_size();
  weights_.grow(blocks() * each);
  for (std::size_t block = 0; block < blocks(); ++block) {
    const std::size_t first = block * block_ * in;
    const void* from = is_bytes ? static_cast<const void*>(bytes.values.data() + first) : weight.data() + first;
    shape_->pack(is_bytes ? DataType::s8 : DataType::f32, from, weights_.as<std::byte>(block * each));
  }
}

Linear::~Linear() = default;
Linear::Linear(Linear&&) noexcept = default;

std::size_t Linear::weight_bytes() const {
  return weights_.size_bytes();
}

void Linear::run(const float* x, std::size_t rows, float* y, LinearScratch& scratch) const {
  for (std::size_t row = 0; row < rows; row += kTile) {
    const std::size_t count = std::min(kTile, whole_units(rows - row));
    const Tile tile = converted(x + row * in_, count, scratch);
    for (std::size_t block = 0; block < blocks(); ++block) run_block(tile, count, y + row * out_, block, scratch);
  }
}

void Linear::convert(const float* x, std::size_t rows, std::byte* values, RowScale* scales) const {
  if (precision_ == Precision::kBf16) return kernels().to_bf16(x, rows * in_, reinterpret_cast<std::uint16_t*>(values));
  kernels().quantise(x, rows, in_, has_wide_byte_sums() ? 255 : 127, reinterpret_cast<std::uint8_t*>(values), scales);
}

Linear::Tile Linear::converted(const float* x, std::size_t rows, LinearScratch& scratch) const {
  if (precision_ == Precision::kF32) return {x};
  scratch.input.grow(kTile * in_ * sizeof(std::uint16_t));
  scratch.scales.grow(kTile * sizeof(RowScale));
  convert(x, rows, scratch.input.as<std::byte>(), scratch.scales.as<RowScale>());
  return {scratch.input.as<void>(), scratch.scales.as<RowScale>()};
}

void Linear::run_block(const Tile& tile, std::size_t rows, float* y, std::size_t block, LinearScratch& scratch) const {
  const std::size_t first = block * block_;
  const network::op::Function* activation = activation_ ? &*activation_ : nullptr;
  scratch.sums.grow(kTile * block_ * sizeof(float));
  shape_->run(tile.values, weights_.as<std::byte>(block * shape_->weights().get_size()), bias_.as<float>() + first,
              scratch.sums.as<void>(), rows, scratch);
  if (precision_ != Precision::kInt8)
    return kernels().place(scratch.sums.as<float>(), activation, rows, block_, y + first, out_);
  const Dequantise how = {tile.scales, column_scales_.as<float>() + first, column_sums_.as<float>() + first,
                          bias_.as<float>() + first, activation};
  kernels().dequantise(scratch.sums.as<std::int32_t>(), how, rows, block_, y + first, out_);
}

std::size_t Linear::narrow_bytes(std::size_t rows) const {
  if (precision_ == Precision::kF32) return 0;
  return whole_units(rows) * (sizeof(RowScale) + in_ * element_bytes(precision_));
}

// The rows' scales, then the rows.
void Linear::narrow(const float* x, Range range, std::size_t rows, std::byte* out) const {
  std::byte* values = out + whole_units(rows) * sizeof(RowScale) + range.begin * in_ * element_bytes(precision_);
  convert(x + range.begin * in_, whole_units(range.end - range.begin), values,
          reinterpret_cast<RowScale*>(out) + range.begin);
}

void Linear::run_blocks(const float* x, const std::byte* narrow, std::size_t rows, float* y, Range blocks,
                        LinearScratch& scratch) const {
  for (std::size_t block = blocks.begin; block < blocks.end; ++block) {
    for (std::size_t row = 0; row < rows; row += kTile) {
      Tile tile = {x + row * in_};
      if (precision_ != Precision::kF32)
        tile = {narrow + whole_units(rows) * sizeof(RowScale) + row * in_ * element_bytes(precision_),
                reinterpret_cast<const RowScale*>(narrow) + row};
      run_block(tile, std::min(kTile, whole_units(rows - row)), y + row * out_, block, scratch);
    }
  }
}

}  // namespace aisle::engine
