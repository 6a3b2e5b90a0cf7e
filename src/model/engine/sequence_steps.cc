// Steps that look along a text: convolution over tokens and gated recurrent units.
#include <algorithm>
#include <cstring>
#include <numeric>

#include "model/engine/compile.h"

namespace aisle::engine {
namespace {

namespace op = network::op;
using network::op::Function;

std::size_t rounded(std::size_t rows) {
  return (rows + Linear::kUnit - 1) / Linear::kUnit * Linear::kUnit;
}

// [out, in, kernel] as rows of [kernel, in], the order in which tokens lie.
std::vector<float> kernel_first(const std::vector<float>& weight, std::size_t out, std::size_t in, std::size_t kernel) {
  std::vector<float> turned(weight.size());
  for (std::size_t o = 0; o < out; ++o) {
    for (std::size_t i = 0; i < in; ++i) {
      for (std::size_t k = 0; k < kernel; ++k) turned[(o * kernel + k) * in + i] = weight[(o * in + i) * kernel + k];
    }
  }
  return turned;
}

// A product of the neighbours of each token, laid side by side; zeros beyond the text.
class Conv1dStep : public Step {
 public:
  Conv1dStep(const CompileContext& context, const Node& node, const Slot& in, const Slot& out)
      : in_(in),
        out_(out),
        kernel_(static_cast<std::size_t>(std::get<op::Conv1d>(node.attributes).kernel)),
        linear_(context.shapes, context.precision, kernel_ * in.width, out.width,
                kernel_first(context.parameter(node.operations[0], 0), out.width, in.width, kernel_),
                context.parameter(node.operations[0], 1), node.activation) {}

  void run(const Frame& frame, const Share& share, Scratch& scratch) const override {
    const Range range = share.of(frame.ids.size(), Linear::kUnit);
    scratch.numbers.grow(Linear::kTile * kernel_ * in_.width * sizeof(float));
    float* tile = scratch.numbers.as<float>();
    std::size_t text = 0;
    for (std::size_t first = range.begin; first < range.end; first += Linear::kTile) {
      const std::size_t rows = std::min(Linear::kTile, range.end - first);
      for (std::size_t row = 0; row < rows; ++row) {
        while (first + row >= frame.begins[text + 1]) ++text;
        neighbours(frame, text, first + row, tile + row * kernel_ * in_.width);
      }
      linear_.run(tile, rows, frame.at(out_) + first * out_.width, scratch.linear);
    }
  }

 private:
  void neighbours(const Frame& frame, std::size_t text, std::size_t token, float* out) const {
    const std::size_t before = (kernel_ - 1) / 2;  // as torch's "same": what is odd lies behind
    for (std::size_t k = 0; k < kernel_; ++k, out += in_.width) {
      const bool inside = token + k >= frame.begins[text] + before && token + k - before < frame.begins[text + 1];
      if (inside) {
        std::memcpy(out, frame.at(in_) + (token + k - before) * in_.width, in_.width * sizeof(float));
      } else {
        std::fill_n(out, in_.width, 0.0F);
      }
    }
  }

  Slot in_, out_;
  std::size_t kernel_;
  Linear linear_;
};

// As torch.nn.GRU (Cho et al. 2014, the reset gate behind the product). The texts of a share go forward together, a
// product a step, longest first, so that those which have ended lie behind.
class GruStep : public Step {
 public:
  GruStep(const CompileContext& context, const Node& node, const Slot& in, const Slot& out)
      : how_(std::get<op::Gru>(node.attributes)), hidden_(static_cast<std::size_t>(how_.hidden)), in_(in), out_(out) {
    const std::size_t i = node.operations[0];
    for (std::size_t d = 0; d < (how_.bidirectional ? 2U : 1U); ++d) {
      const auto part = [&](std::size_t which) { return context.parameter(i, 4 * d + which); };
      directions_.push_back({Linear(context.shapes, context.precision, in.width, 3 * hidden_, part(0), part(2), {}),
                             Linear(context.shapes, Precision::kF32, hidden_, 3 * hidden_, part(1), part(3), {})});
    }
  }

  void run(const Frame& frame, const Share& share, Scratch& scratch) const override {
    const Range texts = share.of(frame.texts());
    if (texts.begin == texts.end) return;
    for (std::size_t d = 0; d < directions_.size(); ++d) run_direction(frame, texts, d, scratch);
  }

 private:
  struct Direction {
    Linear input, state;
  };

  void run_direction(const Frame& frame, Range texts, std::size_t d, Scratch& scratch) const {
    const std::size_t first = frame.begins[texts.begin], tokens = frame.begins[texts.end] - first;
    const std::size_t count = texts.end - texts.begin, room = rounded(count);
    const std::size_t gates = 3 * hidden_;
    scratch.numbers.grow((rounded(tokens) * (in_.width + gates) + room * (hidden_ + gates)) * sizeof(float));
    float* rows = scratch.numbers.as<float>();  // a copy: whole tiles may be read
    float* from_input = rows + rounded(tokens) * in_.width;
    float* state = from_input + rounded(tokens) * gates;
    float* from_state = state + room * hidden_;
    std::memcpy(rows, frame.at(in_) + first * in_.width, tokens * in_.width * sizeof(float));
    directions_[d].input.run(rows, tokens, from_input, scratch.linear);
    std::fill_n(state, room * hidden_, 0.0F);

    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), texts.begin);
    const auto length = [&](std::size_t text) { return frame.begins[text + 1] - frame.begins[text]; };
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return length(a) > length(b); });
    std::size_t active = count;
    for (std::size_t step = 0; step < length(order[0]); ++step) {
      while (length(order[active - 1]) <= step) --active;
      directions_[d].state.run(state, active, from_state, scratch.linear);
      for (std::size_t i = 0; i < active; ++i) {
        const std::size_t in_text = d == 0 ? step : length(order[i]) - 1 - step;
        const std::size_t token = frame.begins[order[i]] + in_text;
        float* h = state + i * hidden_;
        advance(from_input + (token - first) * gates, from_state + i * gates, h);
        if (!how_.last) std::memcpy(frame.at(out_) + token * out_.width + d * hidden_, h, hidden_ * sizeof(float));
      }
    }
    for (std::size_t i = 0; how_.last && i < count; ++i)
      std::memcpy(frame.item(out_, order[i]) + d * hidden_, state + i * hidden_, hidden_ * sizeof(float));
  }

  // x: the gates' parts from the input, s: from the state; reset, update, new. s is used up.
  void advance(float* x, float* s, float* h) const {
    const Kernels& loops = kernels();
    loops.add(x, s, 2 * hidden_);
    loops.activate(Function::kSigmoid, s, 2 * hidden_);
    float* fresh = s + 2 * hidden_;
    for (std::size_t k = 0; k < hidden_; ++k) fresh[k] = x[2 * hidden_ + k] + s[k] * fresh[k];
    loops.activate(Function::kTanh, fresh, hidden_);
    for (std::size_t k = 0; k < hidden_; ++k) h[k] = fresh[k] + s[hidden_ + k] * (h[k] - fresh[k]);
  }

  op::Gru how_;
  std::size_t hidden_;
  Slot in_, out_;
  std::vector<Direction> directions_;
};

}  // namespace

std::unique_ptr<Step> make_sequence_step(const CompileContext& context, std::size_t index) {
  const Node& node = context.lowered.nodes[index];
  const Slot& out = context.slot(index);
  if (std::holds_alternative<op::Conv1d>(node.attributes))
    return std::make_unique<Conv1dStep>(context, node, context.slot(node.inputs[0]), out);
  if (std::holds_alternative<op::Gru>(node.attributes))
    return std::make_unique<GruStep>(context, node, context.slot(node.inputs[0]), out);
  return nullptr;
}

}  // namespace aisle::engine
