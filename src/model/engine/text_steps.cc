// Steps over packed texts: embedding, attention, pooling.
#include <algorithm>
#include <cstring>

#include "model/engine/compile.h"

namespace aisle::engine {
namespace {

namespace op = network::op;

// The sum of one row of each table.
class EmbeddingStep : public Step {
 public:
  EmbeddingStep(const CompileContext& context, const Node& node, const Slot& out) : out_(out) {
    for (const std::size_t i : node.operations) {
      const auto& how = std::get<op::Embedding>(context.operation(i).attributes);
      if (how.index == op::Index::kFirstRow) {
        const std::vector<float> rows = context.parameter(i, 0);
        constant_.assign(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(out.width));
      } else {
        tables_.push_back({how, context.parameter(i, 0)});
      }
    }
  }

  void run(const Frame& frame, const Share& share, Scratch&) const override {
    const Range range = share.of(frame.ids.size(), Linear::kUnit);
    std::size_t text = 0;
    for (std::size_t token = range.begin; token < range.end; ++token) {
      while (token >= frame.begins[text + 1]) ++text;
      row(frame.ids[token], token - frame.begins[text], frame.at(out_) + token * out_.width);
    }
  }

 private:
  void row(std::int32_t id, std::size_t position, float* out) const {
    if (constant_.empty()) {
      std::fill_n(out, out_.width, 0.0F);
    } else {
      std::memcpy(out, constant_.data(), out_.width * sizeof(float));
    }
    for (const auto& [how, values] : tables_) {
      const auto index =
          how.index == op::Index::kId ? static_cast<std::size_t>(id) : position + static_cast<std::size_t>(how.offset);
      kernels().add(values.data() + index * out_.width, out, out_.width);
    }
  }

  struct Table {
    op::Embedding how;
    std::vector<float> values;
  };
  std::vector<Table> tables_;
  std::vector<float> constant_;
  Slot out_;
};

class AttentionStep : public Step {
 public:
  // One input holds query, key and value side by side, or there are three.
  AttentionStep(const CompileContext& context, const Node& node, const Slot& out)
      : heads_(static_cast<std::size_t>(std::get<op::Attention>(node.attributes).heads)), out_(out) {
    for (const std::size_t input : node.inputs) inputs_.push_back(context.slot(input));
  }

  void run(const Frame& frame, const Share& share, Scratch& scratch) const override {
    const Range range = share.of(frame.texts() * heads_);
    for (std::size_t i = range.begin; i < range.end; ++i) head(frame, i / heads_, i % heads_, scratch);
  }

 private:
  void head(const Frame& frame, std::size_t text, std::size_t head, Scratch& scratch) const {
    const std::size_t begin = frame.begins[text], tokens = frame.begins[text + 1] - begin;
    const std::size_t width = out_.width / heads_, stride = inputs_.front().width;
    const auto part = [&](std::size_t which) {
      const bool together = inputs_.size() == 1;
      const float* rows = frame.at(inputs_[together ? 0 : which]) + (together ? which * out_.width : 0);
      return rows + begin * stride + head * width;
    };
    scratch.numbers.grow(attention_scratch(tokens, width) * sizeof(float));
    const AttentionView view = {
        part(0),   part(1), part(2), stride, tokens, width, frame.at(out_) + begin * out_.width + head * width,
        out_.width};
    kernels().attention(view, scratch.numbers.as<float>());
  }

  std::size_t heads_;
  std::vector<Slot> inputs_;
  Slot out_;
};

class OverTokensStep : public Step {
 public:
  OverTokensStep(op::Over over, const Slot& in, const Slot& out) : over_(over), in_(in), out_(out) {}

  void run(const Frame& frame, const Share& share, Scratch&) const override {
    const Range range = share.of(frame.texts());
    for (std::size_t text = range.begin; text < range.end; ++text)
      pool(frame.at(in_) + frame.begins[text] * in_.width, frame.begins[text + 1] - frame.begins[text],
           frame.item(out_, text));
  }

 private:
  void pool(const float* rows, std::size_t count, float* out) const {
    std::memcpy(out, rows, in_.width * sizeof(float));
    if (over_ == op::Over::kFirst) return;
    for (std::size_t row = 1; row < count; ++row) {
      const float* x = rows + row * in_.width;
      if (over_ == op::Over::kMean) {
        kernels().add(x, out, in_.width);
      } else {
        for (std::size_t i = 0; i < in_.width; ++i) out[i] = std::max(out[i], x[i]);
      }
    }
    if (over_ != op::Over::kMean) return;
    for (std::size_t i = 0; i < in_.width; ++i) out[i] /= static_cast<float>(count);
  }

  op::Over over_;
  Slot in_, out_;
};

}  // namespace

std::unique_ptr<Step> make_text_step(const CompileContext& context, std::size_t index) {
  const Node& node = context.lowered.nodes[index];
  const Slot& out = context.slot(index);
  if (std::holds_alternative<op::Embedding>(node.attributes))
    return std::make_unique<EmbeddingStep>(context, node, out);
  if (std::holds_alternative<op::Attention>(node.attributes))
    return std::make_unique<AttentionStep>(context, node, out);
  if (const auto* pool = std::get_if<op::OverTokens>(&node.attributes))
    return std::make_unique<OverTokensStep>(pool->over, context.slot(node.inputs[0]), out);
  return nullptr;
}

}  // namespace aisle::engine
