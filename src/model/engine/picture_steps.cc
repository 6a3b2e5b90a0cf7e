// Steps over pictures besides convolutions: pools, and what goes pixel by pixel. Pixels are rows of channels, in
// float32, bf16 or bytes; what is computed here is computed in float32.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "model/engine/picture_math.h"

namespace aisle::engine {
namespace {

namespace op = network::op;
using network::Dims;

class PoolStep : public Step {
 public:
  PoolStep(const CompileContext& context, const Node& node, std::size_t index)
      : type_(pixel_type(context, index)), in_(context.slot(node.inputs[0])), out_(context.slot(index)) {
    const OneThread one;
    const auto& how = std::get<op::Pool>(node.attributes);
    sliding_ = {how.kernel,     how.stride, 1, how.padding, context.lowered.nodes[node.inputs[0]].shape.dims,
                node.shape.dims};
    for (const RowRange& rows : all_row_ranges(sliding_, context.team)) add_part(rows, how);
  }

  void run(const Frame& frame, const Share& share, Scratch& scratch) const override {
    const SlidingPart& part = parts_[share.members == 1 ? 0 : 1 + share.member];
    if (!part.primitive) return;
    scratch.linear.library.grow(std::max<std::size_t>(1, part.scratchpad.get_size()));
    std::byte* source = frame.at<std::byte>(in_) + before_row(sliding_.in, part.rows.in_begin) * type_.size();
    std::byte* result = frame.at<std::byte>(out_) + before_row(sliding_.out, part.rows.out_begin) * type_.size();
    dnnl::stream stream(engine_);
    part.primitive.execute(
        stream, {{DNNL_ARG_SRC, Memory(part.source, engine_, source)},
                 {DNNL_ARG_DST, Memory(part.result, engine_, result)},
                 {DNNL_ARG_SCRATCHPAD, Memory(part.scratchpad, engine_, scratch.linear.library.as<void>())}});
  }

 private:
  void add_part(const RowRange& rows, const op::Pool& how) {
    SlidingPart& part = parts_.emplace_back();
    part.rows = rows;
    if (rows.out_rows() == 0) return;
    part.source = picture_desc(sliding_.in, rows.in_rows(), type_.type);
    part.result = picture_desc(sliding_.out, rows.out_rows(), type_.type);
    const auto algorithm = how.max             ? dnnl::algorithm::pooling_max
                           : how.count_padding ? dnnl::algorithm::pooling_avg_include_padding
                                               : dnnl::algorithm::pooling_avg_exclude_padding;
    const auto description = guarded("build a pool", [&] {
      return dnnl::pooling_forward::primitive_desc({dnnl::prop_kind::forward_inference,
                                                    algorithm,
                                                    part.source,
                                                    part.result,
                                                    {how.stride, how.stride},
                                                    {how.kernel[0], how.kernel[1]},
                                                    {rows.top, how.padding.left},
                                                    {rows.bottom, how.padding.right}},
                                                   user_scratchpad(), engine_);
    });
    part.primitive = dnnl::pooling_forward(description);
    part.scratchpad = description.scratchpad_desc();
  }

  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  PixelType type_;  // of both
  Slot in_, out_;
  Sliding sliding_;
  std::vector<SlidingPart> parts_;
};

// Reads and writes pixels of any type.
class PixelStep : public Step {
 public:
  PixelStep(const CompileContext& context, const Node& node, std::size_t index)
      : dims_(node.shape.dims), out_(context.slot(index)), out_type_(pixel_type(context, index)) {
    for (const std::size_t input : node.inputs)
      inputs_.push_back({context.slot(input), pixel_type(context, input), context.lowered.nodes[input].shape.dims});
  }

 protected:
  struct Input {
    Slot slot;
    PixelType type;
    Dims dims;
  };

  void read(const Frame& frame, const Input& input, std::size_t first, std::size_t count, float* out) const {
    read_pixels(input.type, frame.at<std::byte>(input.slot) + first * input.type.size(), count, out);
  }
  void write(const Frame& frame, std::size_t first, std::size_t count, const float* values) const {
    write_pixels(out_type_, values, count, frame.at<std::byte>(out_) + first * out_type_.size());
  }

  Dims dims_;
  Slot out_;
  PixelType out_type_;
  std::vector<Input> inputs_;
};

// Activation, sum: number by number, some thousands at a time.
class PointwiseStep : public PixelStep {
 public:
  PointwiseStep(const CompileContext& context, const Node& node, std::size_t index)
      : PixelStep(context, node, index), activation_(node.activation) {
    if (const auto* activation = std::get_if<op::Activation>(&node.attributes)) activation_ = activation->function;
  }

  void run(const Frame& frame, const Share& share, Scratch& scratch) const override {
    const Range range = share.of(out_.width, kBlock);
    scratch.numbers.grow(2 * kBlock * sizeof(float));
    float* values = scratch.numbers.as<float>();
    for (std::size_t first = range.begin; first < range.end; first += kBlock) {
      const std::size_t count = std::min(kBlock, range.end - first);
      read(frame, inputs_[0], first, count, values);
      if (inputs_.size() > 1) {
        read(frame, inputs_[1], first, count, values + kBlock);
        kernels().add(values + kBlock, values, count);
      }
      if (activation_) kernels().activate(*activation_, values, count);
      write(frame, first, count, values);
    }
  }

 private:
  static constexpr std::size_t kBlock = 4096;
  std::optional<op::Function> activation_;
};

// A batch norm that follows no convolution.
class NormStep : public PixelStep {
 public:
  NormStep(const CompileContext& context, const Node& node, std::size_t index) : PixelStep(context, node, index) {
    const double epsilon = std::get<op::BatchNorm>(node.attributes).epsilon;
    const auto parameter = [&](std::size_t which) { return context.parameter(node.operations[0], which); };
    scale_ = parameter(0);
    shift_ = parameter(1);
    const auto mean = parameter(2), variance = parameter(3);
    for (std::size_t c = 0; c < scale_.size(); ++c) {
      scale_[c] = static_cast<float>(scale_[c] / std::sqrt(variance[c] + epsilon));
      shift_[c] -= mean[c] * scale_[c];
    }
  }

  void run(const Frame& frame, const Share& share, Scratch& scratch) const override {
    const std::size_t channels = scale_.size();
    const Range range = share.of(out_.width / channels);
    scratch.numbers.grow(channels * sizeof(float));
    float* pixel = scratch.numbers.as<float>();
    for (std::size_t i = range.begin; i < range.end; ++i) {
      read(frame, inputs_[0], i * channels, channels, pixel);
      for (std::size_t c = 0; c < channels; ++c) pixel[c] = pixel[c] * scale_[c] + shift_[c];
      write(frame, i * channels, channels, pixel);
    }
  }

 private:
  std::vector<float> scale_, shift_;
};

class JoinStep : public PixelStep {
 public:
  using PixelStep::PixelStep;

  void run(const Frame& frame, const Share& share, Scratch&) const override {
    const std::size_t bytes = out_type_.size();
    const auto channels = static_cast<std::size_t>(dims_[0]);
    const Range range = share.of(out_.width / channels);
    std::size_t before = 0;
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      const auto each = static_cast<std::size_t>(inputs_[k].dims[0]) * bytes;
      const std::byte* from = frame.at<std::byte>(inputs_[k].slot) + range.begin * each;
      std::byte* to = frame.at<std::byte>(out_) + range.begin * channels * bytes + before;
      for (std::size_t pixel = range.begin; pixel < range.end; ++pixel, from += each, to += channels * bytes)
        std::memcpy(to, from, each);
      before += each;
    }
  }
};

// The mean of all pixels, or all pixels, as the item's row.
class ToRowStep : public PixelStep {
 public:
  ToRowStep(const CompileContext& context, const Node& node, std::size_t index)
      : PixelStep(context, node, index), mean_(std::holds_alternative<op::GlobalAvgPool>(node.attributes)) {}

  void run(const Frame& frame, const Share& share, Scratch& scratch) const override {
    if (share.member != 0) return;  // little to do
    float* row = frame.item(out_, 0);
    const std::size_t total = inputs_[0].slot.width;
    if (!mean_) return read(frame, inputs_[0], 0, total, row);
    const std::size_t pixels = total / out_.width;
    std::fill_n(row, out_.width, 0.0F);
    scratch.numbers.grow(out_.width * sizeof(float));
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
      read(frame, inputs_[0], pixel * out_.width, out_.width, scratch.numbers.as<float>());
      kernels().add(scratch.numbers.as<float>(), row, out_.width);
    }
    for (std::size_t c = 0; c < out_.width; ++c) row[c] /= static_cast<float>(pixels);
  }

 private:
  bool mean_;
};

}  // namespace

std::unique_ptr<Step> make_picture_step(const CompileContext& context, std::size_t index) {
  const Node& node = context.lowered.nodes[index];
  const network::Attributes& what = node.attributes;
  if (std::holds_alternative<op::Conv2d>(what)) return make_convolution_step(context, index);
  // The network's own input is float32 always: these two would read it as what it is not.
  const bool is_raw = std::holds_alternative<op::Pool>(what) || std::holds_alternative<op::Concat>(what);
  const bool of_input = std::find(node.inputs.begin(), node.inputs.end(), 0U) != node.inputs.end();
  if (is_raw && of_input && context.precision != Precision::kF32) return nullptr;
  if (std::holds_alternative<op::Pool>(what)) return std::make_unique<PoolStep>(context, node, index);
  if (std::holds_alternative<op::GlobalAvgPool>(what) || std::holds_alternative<op::Flatten>(what))
    return std::make_unique<ToRowStep>(context, node, index);
  if (node.shape.dims.size() != 3) return nullptr;
  if (std::holds_alternative<op::Activation>(what) || std::holds_alternative<op::Add>(what))
    return std::make_unique<PointwiseStep>(context, node, index);
  if (std::holds_alternative<op::BatchNorm>(what)) return std::make_unique<NormStep>(context, node, index);
  if (std::holds_alternative<op::Concat>(what)) return std::make_unique<JoinStep>(context, node, index);
  return nullptr;
}

}  // namespace aisle::engine
