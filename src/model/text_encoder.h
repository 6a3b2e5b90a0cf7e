// Texts to the features of a pretrained text network.
#pragma once

#include <memory>

#include "featurize/subword/subword_tokenizer.h"
#include "model/encoder.h"
#include "model/engine/engine.h"

namespace aisle {

struct TextEncoderParts {
  EncoderInfo info;
  std::shared_ptr<const SubwordTokenizer> tokenizer;
  std::shared_ptr<const engine::Engine> engine;  // its first output is "features"
  std::size_t max_tokens = kDefaultMaxTokens;
  bool normalize = false;  // features are divided by their length
};

// kCorrupt where the tokenizer has ids that the network does not know, or features have another width than info says.
std::shared_ptr<const Encoder> make_text_encoder(TextEncoderParts parts, std::size_t network_vocabulary);

}  // namespace aisle
