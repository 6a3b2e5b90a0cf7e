// Convolutions: batch norm folded into the weights, the sum with a shortcut and the activation in the same pass.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "model/engine/picture_math.h"

namespace aisle::engine {
namespace {

namespace op = network::op;

// A convolution's sums, and what is added to them, are in multiples of `unit`, its result in multiples of `step`; both
// are 1 but for bytes.
void append_activation(dnnl::post_ops& ops, op::Function function, float unit, float step) {
  using dnnl::algorithm;
  const float scale = unit / step;
  switch (function) {
    case op::Function::kRelu:
      return ops.append_eltwise(scale, algorithm::eltwise_relu, 0, 0);
    case op::Function::kRelu6:
      return ops.append_eltwise(scale, algorithm::eltwise_clip, 0, 6 / unit);
    case op::Function::kGelu:
      return ops.append_eltwise(scale, algorithm::eltwise_gelu_erf, 0, 0);
    case op::Function::kGeluTanh:
      return ops.append_eltwise(scale, algorithm::eltwise_gelu_tanh, 0, 0);
    case op::Function::kSilu:
      return ops.append_eltwise(scale, algorithm::eltwise_swish, 1, 0);
    case op::Function::kTanh:
      return ops.append_eltwise(scale, algorithm::eltwise_tanh, 0, 0);
    case op::Function::kSigmoid:
      return ops.append_eltwise(scale, algorithm::eltwise_logistic, 0, 0);
  }
}

// What does not mind a factor lets the sums come in steps of the result at once; the others want the numbers
// themselves.
float unit_of(const Node& node, float step) {
  using op::Function;
  const bool minds = node.activation && *node.activation != Function::kRelu && *node.activation != Function::kRelu6;
  return minds ? 1 : step;
}

// What the primitive of node `index` reads: wide values are converted on the way where it is not exact, and so is the
// network's input.
PixelType source_type(const CompileContext& context, std::size_t index) {
  const std::size_t input = context.lowered.nodes[index].inputs[0];
  const PixelType lies = pixel_type(context, input);
  const bool is_exact = context.precision == Precision::kF32 || context.exact.computes[index];
  if (lies.type != DataType::f32 || is_exact) return lies;
  if (context.precision == Precision::kBf16) return {DataType::bf16};
  return {context.bytes[input].is_signed ? DataType::s8 : DataType::u8, context.bytes[input].step};
}

// Weights become whole numbers, every output channel with a scale of its own; oneDNN rounds them. The bias, which stays
// float32, is counted in the same steps. Returns what turns the channels' sums into multiples of `unit`. 7 bits where
// pairs of products are summed in 16.
std::vector<float> make_whole(Folded& folded, const PixelType& source, float unit) {
  const std::size_t out = folded.bias.size(), each = folded.weight.size() / out;
  const float levels = source.type == DataType::u8 && !has_wide_byte_sums() ? 63 : 127;
  std::vector<float> scales(out);
  for (std::size_t o = 0; o < out; ++o) {
    const std::span<float> weight = std::span(folded.weight).subspan(o * each, each);
    float top = 1e-20F;
    for (const float value : weight) top = std::max(top, std::abs(value));
    for (float& value : weight) value *= levels / top;
    const float step = source.step * top / levels;
    folded.bias[o] /= step;
    scales[o] = step / unit;
  }
  return scales;
}

class ConvolutionStep : public Step {
 public:
  ConvolutionStep(const CompileContext& context, const Node& node, std::size_t index)
      : source_(source_type(context, index)),
        lies_(pixel_type(context, node.inputs[0])),
        result_(pixel_type(context, index)),
        in_(context.slot(node.inputs[0])),
        out_(context.slot(index)),
        how_(std::get<op::Conv2d>(node.attributes)) {
    const OneThread one;
    const network::Dims& source = context.lowered.nodes[node.inputs[0]].shape.dims;
    sliding_ = {how_.kernel, how_.stride, how_.dilation, how_.padding, source, node.shape.dims};
    Folded folded = fold_norm(context, node);
    attributes_ = user_scratchpad();
    const float unit = unit_of(node, result_.step);
    if (source_.is_bytes()) attributes_.set_output_scales(1 << 1, make_whole(folded, source_, unit));
    dnnl::post_ops ops;
    if (node.residual) append_residual(ops, pixel_type(context, *node.residual), unit);
    if (node.activation) append_activation(ops, *node.activation, unit, result_.step);
    attributes_.set_post_ops(ops);
    bias_.grow(folded.bias.size() * sizeof(float));
    std::memcpy(bias_.as<void>(), folded.bias.data(), folded.bias.size() * sizeof(float));
    for (const RowRange& rows : all_row_ranges(sliding_, context.team)) add_part(rows, folded.weight);
  }

  void run(const Frame& frame, const Share& share, Scratch& scratch) const override {
    const SlidingPart& part = parts_[share.members == 1 ? 0 : 1 + share.member];
    if (!part.primitive) return;
    scratch.linear.library.grow(std::max<std::size_t>(1, part.scratchpad.get_size()));
    const auto memory = [this](const Memory::desc& desc, const void* data) {
      return Memory(desc, engine_, const_cast<void*>(data));
    };
    dnnl::stream stream(engine_);
    part.primitive.execute(
        stream,
        {{DNNL_ARG_SRC, memory(part.source, source(frame, part, scratch))},
         {DNNL_ARG_WEIGHTS, memory(weights_[part.weights].desc, weights_[part.weights].data.as<void>())},
         {DNNL_ARG_BIAS, memory(bias_desc(), bias_.as<void>())},
         {DNNL_ARG_DST, memory(part.result, frame.at<std::byte>(out_) +
                                                before_row(sliding_.out, part.rows.out_begin) * result_.size())},
         {DNNL_ARG_SCRATCHPAD, memory(part.scratchpad, scratch.linear.library.as<void>())}});
  }

 private:
  struct Packed {
    Memory::desc desc;
    Buffer data;
  };

  Memory::desc bias_desc() const { return {{how_.out}, DataType::f32, Tag::a}; }

  Memory::dims weight_dims() const {
    const std::int64_t in = sliding_.in[0] / how_.groups;
    if (how_.groups == 1) return {how_.out, in, how_.kernel[0], how_.kernel[1]};
    return {how_.groups, how_.out / how_.groups, in, how_.kernel[0], how_.kernel[1]};
  }

  static void append_residual(dnnl::post_ops& ops, const PixelType& residual, float unit) {
    if (!residual.is_bytes()) return ops.append_sum(1);
    ops.append_sum(residual.step / unit, 0, residual.type);  // it lies where the result will, as what it is
  }

  // The rows that the part reads.
  const void* source(const Frame& frame, const SlidingPart& part, Scratch& scratch) const {
    const std::size_t first = before_row(sliding_.in, part.rows.in_begin);
    if (lies_.type == source_.type) return frame.at<std::byte>(in_) + first * source_.size();
    const std::size_t count = before_row(sliding_.in, part.rows.in_rows());
    scratch.numbers.grow(count * source_.size());
    write_pixels(source_, frame.at(in_) + first, count, scratch.numbers.as<std::byte>());
    return scratch.numbers.as<void>();
  }

  void add_part(const RowRange& rows, const std::vector<float>& weight) {
    SlidingPart& part = parts_.emplace_back();
    part.rows = rows;
    if (rows.out_rows() == 0) return;
    part.source = picture_desc(sliding_.in, rows.in_rows(), source_.type);
    part.result = picture_desc(sliding_.out, rows.out_rows(), result_.type);
    const DataType weights = source_.is_bytes() ? DataType::s8 : source_.type;
    const auto description = guarded("build a convolution", [&] {
      return dnnl::convolution_forward::primitive_desc({dnnl::prop_kind::forward_inference,
                                                        dnnl::algorithm::convolution_direct,
                                                        part.source,
                                                        Memory::desc(weight_dims(), weights, Tag::any),
                                                        bias_desc(),
                                                        part.result,
                                                        {how_.stride, how_.stride},
                                                        {how_.dilation - 1, how_.dilation - 1},
                                                        {rows.top, how_.padding.left},
                                                        {rows.bottom, how_.padding.right}},
                                                       attributes_, engine_);
    });
    part.primitive = dnnl::convolution_forward(description);
    part.scratchpad = description.scratchpad_desc();
    part.weights = packed(description.weights_desc(), weight);
  }

  // The weights in this format; ranges of rows usually want the same.
  std::size_t packed(const Memory::desc& desc, const std::vector<float>& weight) {
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      if (weights_[i].desc == desc) return i;
    }
    Packed& fresh = weights_.emplace_back(Packed{desc, Buffer(desc.get_size())});
    Memory plain({weight_dims(), DataType::f32, how_.groups == 1 ? Tag::oihw : Tag::goihw}, engine_,
                 const_cast<float*>(weight.data()));
    Memory target(desc, engine_, fresh.data.as<void>());
    dnnl::stream stream(engine_);
    guarded("pack weights", [&] { dnnl::reorder(plain, target).execute(stream, plain, target); });
    return weights_.size() - 1;
  }

  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  PixelType source_, lies_, result_;  // what is read, as what it lies there, what is written
  Slot in_, out_;
  op::Conv2d how_;
  Sliding sliding_;
  dnnl::primitive_attr attributes_;
  Buffer bias_;
  std::vector<Packed> weights_;
  std::vector<SlidingPart> parts_;
};

}  // namespace

// y = gamma (conv(x) - mean) / sqrt(var + epsilon) + beta is a convolution with other numbers.
Folded fold_norm(const CompileContext& context, const Node& node) {
  const auto out = static_cast<std::size_t>(std::get<op::Conv2d>(node.attributes).out);
  Folded folded{context.parameter(node.operations[0], 0), context.parameter(node.operations[0], 1)};
  folded.bias.resize(out);
  if (!node.norm) return folded;
  const double epsilon = std::get<op::BatchNorm>(context.operation(*node.norm).attributes).epsilon;
  const auto gamma = context.parameter(*node.norm, 0), beta = context.parameter(*node.norm, 1);
  const auto mean = context.parameter(*node.norm, 2), variance = context.parameter(*node.norm, 3);
  const std::size_t each = folded.weight.size() / out;
  for (std::size_t o = 0; o < out; ++o) {
    const auto scale = static_cast<float>(gamma[o] / std::sqrt(variance[o] + epsilon));
    for (std::size_t i = o * each; i < (o + 1) * each; ++i) folded.weight[i] *= scale;
    folded.bias[o] = (folded.bias[o] - mean[o]) * scale + beta[o];
  }
  return folded;
}

std::unique_ptr<Step> make_convolution_step(const CompileContext& context, std::size_t index) {
  if (auto step = make_winograd_step(context, index)) return step;
  return std::make_unique<ConvolutionStep>(context, context.lowered.nodes[index], index);
}

}  // namespace aisle::engine
