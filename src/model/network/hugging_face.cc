#include "model/network/hugging_face.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "domain/limits.h"

namespace aisle::network {
namespace {

using nlohmann::json;

[[noreturn]] void unsupported(const std::string& what) {
  throw Error(ErrorCode::kUnsupported, "config.json: " + what);
}

std::string text_at(const json& config, const char* key, const std::string& otherwise) {
  const auto found = config.find(key);
  if (found == config.end() || found->is_null()) return otherwise;
  if (!found->is_string()) throw Error(ErrorCode::kInvalidArgument, fmt::format("config.json: {} is no text", key));
  return found->get<std::string>().substr(0, 100);
}

// The number where it is there and whole; the builder checks what it is good for.
std::int64_t size_at(const json& config, const char* key, std::optional<std::int64_t> otherwise = {}) {
  const auto found = config.find(key);
  if (found == config.end() && otherwise) return *otherwise;
  const auto most = static_cast<std::int64_t>(limits::kTensorSide);
  if (found == config.end() || !found->is_number_integer() || found->get<double>() < 0 ||
      found->get<double>() > static_cast<double>(most))
    throw Error(ErrorCode::kInvalidArgument, fmt::format("config.json: {} must be a number of 0 to {}", key, most));
  return found->get<std::int64_t>();
}

double share_at(const json& config, const char* key, double otherwise) {
  const auto found = config.find(key);
  if (found == config.end()) return otherwise;
  if (!found->is_number() || !(found->get<double>() >= 0 && found->get<double>() < 1))
    throw Error(ErrorCode::kInvalidArgument, fmt::format("config.json: {} must be in [0, 1)", key));
  return found->get<double>();
}

op::Function function_of(const std::string& name) {
  if (name == "gelu") return op::Function::kGelu;
  if (name == "gelu_new" || name == "gelu_fast" || name == "gelu_pytorch_tanh") return op::Function::kGeluTanh;
  if (name == "relu") return op::Function::kRelu;
  if (name == "silu" || name == "swish") return op::Function::kSilu;
  unsupported(fmt::format("the function '{}' of its inner layers is not built here", name));
}

BertFamily family_of(const std::string& type) {
  if (type == "bert") return BertFamily::kBert;
  if (type == "distilbert") return BertFamily::kDistilBert;
  if (type == "roberta" || type == "camembert" || type == "xlm-roberta") return BertFamily::kRoberta;
  unsupported(
      fmt::format("model_type '{}' is not built here; bert, distilbert, roberta, camembert and xlm-roberta are", type));
}

// What changes the computation and is not built.
void check_variations(const json& config) {
  const std::string positions = text_at(config, "position_embedding_type", "absolute");
  if (positions != "absolute") unsupported(fmt::format("position_embedding_type '{}' is not built here", positions));
  for (const char* key : {"is_decoder", "add_cross_attention", "is_encoder_decoder"}) {
    if (config.contains(key) && config.at(key) == true) unsupported(fmt::format("{} is not built here", key));
  }
}

BertConfig distil_config(const json& config) {
  BertConfig distil{.family = BertFamily::kDistilBert};
  distil.width = size_at(config, "dim");
  distil.layers = size_at(config, "n_layers");
  distil.heads = size_at(config, "n_heads");
  distil.inner_width = size_at(config, "hidden_dim");
  distil.token_types = 0;
  distil.function = function_of(text_at(config, "activation", "gelu"));
  distil.dropout = share_at(config, "dropout", distil.dropout);
  return distil;
}

BertConfig encoder_config(const json& config, BertFamily family) {
  BertConfig bert{.family = family};
  bert.width = size_at(config, "hidden_size");
  bert.layers = size_at(config, "num_hidden_layers");
  bert.heads = size_at(config, "num_attention_heads");
  bert.inner_width = size_at(config, "intermediate_size");
  bert.token_types = size_at(config, "type_vocab_size", 2);
  bert.epsilon = share_at(config, "layer_norm_eps", bert.epsilon);
  bert.function = function_of(text_at(config, "hidden_act", "gelu"));
  bert.dropout = share_at(config, "hidden_dropout_prob", bert.dropout);
  // RoBERTa's padding id and those before it have no position.
  if (family == BertFamily::kRoberta) bert.position_offset = size_at(config, "pad_token_id", 1) + 1;
  return bert;
}

}  // namespace

BertConfig bert_config(const json& config) {
  if (!config.is_object()) throw Error(ErrorCode::kInvalidArgument, "config.json holds no object");
  const BertFamily family = family_of(text_at(config, "model_type", ""));
  check_variations(config);
  BertConfig bert = family == BertFamily::kDistilBert ? distil_config(config) : encoder_config(config, family);
  bert.vocabulary = size_at(config, "vocab_size");
  bert.positions = size_at(config, "max_position_embeddings");
  return bert;
}

}  // namespace aisle::network
