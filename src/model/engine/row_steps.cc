// Steps over rows of numbers, be they tokens of a group or items of a batch: linear, layer norm, softmax, activation,
// sum, concatenation.
#include <cstring>

#include "model/engine/compile.h"

namespace aisle::engine {
namespace {

namespace op = network::op;

// A step over rows that does not look at other rows.
class RowStep : public Step {
 public:
  RowStep(const CompileContext& context, const Node& node, const Slot& out) : out_(out) {
    for (const std::size_t input : node.inputs) inputs_.push_back(context.slot(input));
  }

  void run(const Frame& frame, const Share& share, Scratch& scratch) const override {
    const std::size_t rows = out_.space == Space::kInner ? frame.ids.size() : frame.item_count;
    const Range range = share.of(rows, Linear::kUnit);
    if (range.begin < range.end) run_rows(frame, range, scratch);
  }

 protected:
  virtual void run_rows(const Frame& frame, Range range, Scratch& scratch) const = 0;

  const float* in(const Frame& frame, std::size_t which, std::size_t row) const {
    return frame.at(inputs_[which]) + row * inputs_[which].width;
  }
  float* out(const Frame& frame, std::size_t row) const { return frame.at(out_) + row * out_.width; }

  std::vector<Slot> inputs_;
  Slot out_;
};

// [C, H, W] is the order of the checkpoint's columns behind a flattened picture, [H, W, C] that of our memory.
std::vector<float> columns_by_pixel(const std::vector<float>& weight, std::size_t out, const network::Dims& picture) {
  const auto channels = static_cast<std::size_t>(picture[0]);
  const std::size_t pixels = static_cast<std::size_t>(picture[1]) * static_cast<std::size_t>(picture[2]);
  std::vector<float> turned(weight.size());
  for (std::size_t o = 0; o < out; ++o) {
    const std::size_t row = o * channels * pixels;
    for (std::size_t c = 0; c < channels; ++c) {
      for (std::size_t p = 0; p < pixels; ++p) turned[row + p * channels + c] = weight[row + c * pixels + p];
    }
  }
  return turned;
}

class LinearStep : public RowStep {
 public:
  LinearStep(const CompileContext& context, const Node& node, const Slot& out)
      : RowStep(context, node, out), linear_(make(context, node, out)) {}

  // A team shares a text's columns, and before that the conversion of its rows.
  void run(const Frame& frame, const Share& share, Scratch& scratch) const override {
    if (!by_columns(share.members)) return RowStep::run(frame, share, scratch);
    linear_.run_blocks(in(frame, 0, 0), frame.shared, frame.ids.size(), out(frame, 0), share.of(linear_.blocks()),
                       scratch.linear);
  }
  std::size_t shared_bytes(const Frame& frame, std::size_t members) const override {
    return by_columns(members) ? linear_.narrow_bytes(frame.ids.size()) : 0;
  }
  void prepare(const Frame& frame, const Share& share) const override {
    const Range range = share.of(frame.ids.size(), Linear::kUnit);
    if (range.begin < range.end) linear_.narrow(in(frame, 0, 0), range, frame.ids.size(), frame.shared);
  }

 private:
  static Linear make(const CompileContext& context, const Node& node, const Slot& out) {
    std::vector<float> weight, bias;
    for (const std::size_t i : node.operations) {  // several: one below the other
      const std::vector<float> rows = context.parameter(i, 0), numbers = context.parameter(i, 1);
      weight.insert(weight.end(), rows.begin(), rows.end());
      bias.insert(bias.end(), numbers.begin(), numbers.end());
    }
    const Node& before = context.lowered.nodes[node.inputs[0]];
    if (std::holds_alternative<op::Flatten>(before.attributes))
      weight = columns_by_pixel(weight, out.width, context.lowered.nodes[before.inputs[0]].shape.dims);
    // The head's few rows stay exact.
    const Precision precision = out.space == Space::kInner ? context.precision : Precision::kF32;
    return Linear(context.shapes, precision, context.slot(node.inputs[0]).width, out.width, weight, bias,
                  node.activation, out.space == Space::kInner ? context.team : 1);
  }

  bool by_columns(std::size_t members) const {
    return out_.space == Space::kInner && members > 1 && linear_.blocks() >= members;
  }

  void run_rows(const Frame& frame, Range range, Scratch& scratch) const override {
    linear_.run(in(frame, 0, range.begin), range.end - range.begin, out(frame, range.begin), scratch.linear);
  }

  Linear linear_;
};

class LayerNormStep : public RowStep {
 public:
  LayerNormStep(const CompileContext& context, const Node& node, const Slot& out)
      : RowStep(context, node, out),
        epsilon_(static_cast<float>(std::get<op::LayerNorm>(node.attributes).epsilon)),
        weight_(context.parameter(node.operations[0], 0)),
        bias_(context.parameter(node.operations[0], 1)) {
    if (node.residual) inputs_.push_back(context.slot(*node.residual));
  }

 private:
  void run_rows(const Frame& frame, Range range, Scratch&) const override {
    const float* residual = inputs_.size() > 1 ? in(frame, 1, range.begin) : nullptr;
    kernels().layer_norm(in(frame, 0, range.begin), residual, weight_.data(), bias_.data(), epsilon_,
                         range.end - range.begin, out_.width, out(frame, range.begin));
  }

  float epsilon_;
  std::vector<float> weight_, bias_;
};

class SoftmaxStep : public RowStep {
 public:
  using RowStep::RowStep;

 private:
  void run_rows(const Frame& frame, Range range, Scratch&) const override {
    float* rows = out(frame, range.begin);
    std::memcpy(rows, in(frame, 0, range.begin), (range.end - range.begin) * out_.width * sizeof(float));
    kernels().softmax(rows, range.end - range.begin, out_.width);
  }
};

class ActivationStep : public RowStep {
 public:
  ActivationStep(const CompileContext& context, const Node& node, const Slot& out)
      : RowStep(context, node, out), function_(std::get<op::Activation>(node.attributes).function) {}

 private:
  void run_rows(const Frame& frame, Range range, Scratch&) const override {
    const std::size_t count = (range.end - range.begin) * out_.width;
    float* rows = out(frame, range.begin);
    std::memcpy(rows, in(frame, 0, range.begin), count * sizeof(float));
    kernels().activate(function_, rows, count);
  }

  op::Function function_;
};

class AddStep : public RowStep {
 public:
  using RowStep::RowStep;

 private:
  void run_rows(const Frame& frame, Range range, Scratch&) const override {
    const std::size_t count = (range.end - range.begin) * out_.width;
    float* rows = out(frame, range.begin);
    std::memcpy(rows, in(frame, 0, range.begin), count * sizeof(float));
    kernels().add(in(frame, 1, range.begin), rows, count);
  }
};

class ConcatStep : public RowStep {
 public:
  using RowStep::RowStep;

 private:
  void run_rows(const Frame& frame, Range range, Scratch&) const override {
    for (std::size_t row = range.begin; row < range.end; ++row) {
      float* to = out(frame, row);
      for (std::size_t i = 0; i < inputs_.size(); ++i) {
        std::memcpy(to, in(frame, i, row), inputs_[i].width * sizeof(float));
        to += inputs_[i].width;
      }
    }
  }
};

}  // namespace

std::unique_ptr<Step> make_row_step(const CompileContext& context, std::size_t index) {
  const Node& node = context.lowered.nodes[index];
  const Slot& out = context.slot(index);
  if (node.shape.dims.size() != 1) return nullptr;
  const network::Attributes& what = node.attributes;
  if (std::holds_alternative<op::Linear>(what)) return std::make_unique<LinearStep>(context, node, out);
  if (std::holds_alternative<op::LayerNorm>(what)) return std::make_unique<LayerNormStep>(context, node, out);
  if (std::holds_alternative<op::Softmax>(what)) return std::make_unique<SoftmaxStep>(context, node, out);
  if (std::holds_alternative<op::Activation>(what)) return std::make_unique<ActivationStep>(context, node, out);
  if (std::holds_alternative<op::Add>(what)) return std::make_unique<AddStep>(context, node, out);
  if (std::holds_alternative<op::Concat>(what)) return std::make_unique<ConcatStep>(context, node, out);
  return nullptr;
}

}  // namespace aisle::engine
