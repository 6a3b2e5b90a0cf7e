// Hostile config.json files of text encoders: every key with every kind of wrong value. What is built keeps to the
// bounds; everything else is refused in words.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "abuse/guarded_case.h"
#include "abuse/read_case.h"
#include "core/error.h"
#include "domain/limits.h"
#include "model/network/hugging_face.h"

namespace aisle::abuse {
namespace {

using nlohmann::json;

json good_config(const std::string& type) {
  if (type == "distilbert") {
    return {{"model_type", type}, {"vocab_size", 100},    {"dim", 16},
            {"n_layers", 2},      {"n_heads", 2},         {"hidden_dim", 32},
            {"dropout", 0.1},     {"activation", "gelu"}, {"max_position_embeddings", 64}};
  }
  return {{"model_type", type},
          {"vocab_size", 100},
          {"hidden_size", 16},
          {"num_hidden_layers", 2},
          {"num_attention_heads", 2},
          {"intermediate_size", 32},
          {"max_position_embeddings", 64},
          {"type_vocab_size", 2},
          {"layer_norm_eps", 1e-12},
          {"hidden_act", "gelu"},
          {"hidden_dropout_prob", 0.1},
          {"position_embedding_type", "absolute"},
          {"pad_token_id", 1},
          {"is_decoder", false}};
}

void try_to_build(const json& config) {
  try {
    const network::Network network = network::build_bert(network::bert_config(config));
    EXPECT_LE(network.operations().size(), limits::kNetworkOperations);
    EXPECT_LE(network.parameter_count(), limits::kNetworkParameters);
  } catch (const Error& error) {
    expect_clear_message(error.what());
    EXPECT_NE(error.code(), ErrorCode::kInternal) << describe(error);
  }
}

void add_config_case(const std::string& name, const json& config) {
  add_case("TextNetwork", name, [name, config] { run_guarded(name, {}, [&] { try_to_build(config); }); });
}

}  // namespace

void add_text_network_cases() {
  const json wrong = {nullptr,
                      true,
                      -1,
                      0,
                      1,
                      1.5,
                      16777217,
                      9223372036854775807,
                      18446744073709551615U,
                      1e300,
                      "",
                      "x",
                      std::string(100'000, 'x'),
                      json::array(),
                      json::object(),
                      json::array({16})};
  for (const char* type : {"bert", "distilbert", "roberta"}) {
    const json good = good_config(type);
    add_config_case(std::string(type) + "_good", good);
    for (const auto& [key, value] : good.items()) {
      json without = good;
      without.erase(key);
      add_config_case(std::string(type) + "_without_" + key, without);
      for (std::size_t i = 0; i < wrong.size(); ++i) {
        json config = good;
        config[key] = wrong[i];
        add_config_case(std::string(type) + "_" + key + "_" + std::to_string(i), config);
      }
    }
  }
  for (std::size_t i = 0; i < wrong.size(); ++i) add_config_case("whole_is_" + std::to_string(i), wrong[i]);
}

}  // namespace aisle::abuse
