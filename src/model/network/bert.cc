#include "model/network/bert.h"

#include <fmt/format.h>

#include "core/error.h"

namespace aisle::network {
namespace {

constexpr std::int64_t kMostLayers = 200;

// What a family calls the parts of a layer.
struct LayerNames {
  std::string_view layer;
  std::string_view query, key, value, attention_out, attention_norm;
  std::string_view inner, outer, norm;
};
constexpr LayerNames kBertNames = {"encoder.layer",        "attention.self.query",   "attention.self.key",
                                   "attention.self.value", "attention.output.dense", "attention.output.LayerNorm",
                                   "intermediate.dense",   "output.dense",           "output.LayerNorm"};
constexpr LayerNames kDistilNames = {"transformer.layer", "attention.q_lin",   "attention.k_lin",
                                     "attention.v_lin",   "attention.out_lin", "sa_layer_norm",
                                     "ffn.lin1",          "ffn.lin2",          "output_layer_norm"};

class BertBuilder {
 public:
  explicit BertBuilder(const BertConfig& config)
      : config_(config), names_(config.family == BertFamily::kDistilBert ? kDistilNames : kBertNames), b_("bert") {}

  Network build() {
    Value x = embeddings(b_.ids("input_ids"));
    for (std::int64_t i = 0; i < config_.layers; ++i) x = layer(fmt::format("{}.{}.", names_.layer, i), x);
    std::map<std::string, Value> outputs = {{"tokens", x}, {"features", pooled(x)}};
    if (config_.classes > 0) {
      const Value kept = b_.dropout("dropout", outputs.at("features"), config_.dropout);
      outputs.emplace("logits", b_.linear("classifier", kept, config_.classes));
    }
    return b_.build(outputs);
  }

 private:
  Value embeddings(Value ids) {
    const std::string under = "embeddings.";
    Value x = b_.embedding(under + "word_embeddings", ids, {config_.vocabulary, config_.width});
    if (config_.token_types > 0) {
      x = b_.add(under + "add_types", x,
                 b_.embedding(under + "token_type_embeddings", ids,
                              {config_.token_types, config_.width, op::Index::kFirstRow}));
    }
    x = b_.add(under + "add_positions", x,
               b_.embedding(under + "position_embeddings", ids,
                            {config_.positions, config_.width, op::Index::kPosition, config_.position_offset}));
    return b_.dropout(under + "dropout", b_.layer_norm(under + "LayerNorm", x, config_.epsilon), config_.dropout);
  }

  // linear, dropout, plus `residual`, layer norm: how both halves of a layer end.
  Value add_and_norm(const std::string& under, std::string_view linear, std::string_view norm, Value x,
                     Value residual) {
    const std::string name = fmt::format("{}{}", under, linear);
    x = b_.dropout(name + ".dropout", b_.linear(name, x, config_.width), config_.dropout);
    return b_.layer_norm(fmt::format("{}{}", under, norm), b_.add(name + ".add", x, residual), config_.epsilon);
  }

  Value layer(const std::string& under, Value x) {
    const auto linear = [&](std::string_view name, std::int64_t out, Value in) {
      return b_.linear(fmt::format("{}{}", under, name), in, out);
    };
    const Value query = linear(names_.query, config_.width, x);
    const Value key = linear(names_.key, config_.width, x);
    const Value value = linear(names_.value, config_.width, x);
    const Value seen = b_.attention(under + "attention", query, key, value, config_.heads);
    x = add_and_norm(under, names_.attention_out, names_.attention_norm, seen, x);
    const Value inner =
        b_.activation(under + "activation", linear(names_.inner, config_.inner_width, x), config_.function);
    return add_and_norm(under, names_.outer, names_.norm, inner, x);
  }

  Value pooled(Value x) {
    if (config_.pooling == BertPooling::kMean) return b_.over_tokens("mean", x, op::Over::kMean);
    const Value first = b_.over_tokens("first", x, op::Over::kFirst);
    if (config_.pooling == BertPooling::kFirst) return first;
    return b_.activation("pooler.activation", b_.linear("pooler.dense", first, config_.width), op::Function::kTanh);
  }

  const BertConfig& config_;
  const LayerNames& names_;
  NetworkBuilder b_;
};

}  // namespace

Network build_bert(const BertConfig& config) {
  if (config.layers < 1 || config.layers > kMostLayers) {
    throw Error(ErrorCode::kInvalidArgument,
                fmt::format("an encoder of {} layers cannot be built: 1 to {}", config.layers, kMostLayers));
  }
  return BertBuilder(config).build();
}

}  // namespace aisle::network
