// What a Hugging Face checkpoint's config.json says of a text encoder: BERT, DistilBERT, RoBERTa, CamemBERT, XLM-R, and
// what is built like them (MiniLM, E5).
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "model/network/bert.h"

namespace aisle::network {

// Pooling and classes are left at their defaults: config.json does not say them. kUnsupported for another model_type or
// a variation that is not built here, kInvalidArgument where a value is missing or out of range; each names the key.
BertConfig bert_config(const nlohmann::json& config);

}  // namespace aisle::network
