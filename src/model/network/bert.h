// BERT (Devlin et al. 2018) and its family: BERT, MiniLM, E5 (kBert), DistilBERT, RoBERTa with CamemBERT and XLM-R.
// Parameter names are those of Hugging Face's base model, without its prefix ("bert.", "roberta.", "distilbert.").
#pragma once

#include "model/network/network.h"

namespace aisle::network {

enum class BertFamily : std::uint8_t { kBert, kDistilBert, kRoberta };
enum class BertPooling : std::uint8_t { kMean, kFirst, kPooler };  // kPooler: tanh(dense(first token))

// Defaults: bert-base-uncased. Every size is checked by the builder.
struct BertConfig {
  BertFamily family = BertFamily::kBert;
  std::int64_t vocabulary = 30522;
  std::int64_t width = 768;
  std::int64_t layers = 12;
  std::int64_t heads = 12;
  std::int64_t inner_width = 3072;
  std::int64_t positions = 512;      // rows of the table; RoBERTa's has 514 for 512 tokens
  std::int64_t position_offset = 0;  // RoBERTa: 2, what its padding id leaves free
  std::int64_t token_types = 2;      // 0: no such table (DistilBERT)
  double epsilon = 1e-12;
  op::Function function = op::Function::kGelu;
  BertPooling pooling = BertPooling::kMean;
  std::int64_t classes = 0;  // a linear head "classifier" on the pooled features; 0: none
  double dropout = 0.1;
};

// Input "input_ids"; outputs "tokens" [T, width], "features" [N, width] and, with a head, "logits" [N, classes].
Network build_bert(const BertConfig& config);

}  // namespace aisle::network
