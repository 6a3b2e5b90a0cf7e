// What sentence-transformers keeps beside an encoder: modules.json, which lists the steps of a text to its features,
// and the configuration of the pooling.
#pragma once

#include <filesystem>

#include "domain/backbone.h"
#include "workflow/backbones.h"

namespace aisle {

struct SentenceFolder {
  std::filesystem::path encoder;  // the folder with config.json, weights and tokenizer: the folder itself, or one in it
  std::filesystem::path pooling;  // the folder of the pooling's configuration; empty: there is none
  bool normalize = false;
};

// kUnsupported for a step that is not built here, kInvalidArgument, kNotFound; each names the file.
SentenceFolder read_sentence_folder(const std::filesystem::path& folder);

// `width`: of the encoder's tokens. kUnsupported for a pooling that is not built here, kInvalidArgument.
TextInput sentence_input(const SentenceFolder& folder, const BackboneSource& source, std::int64_t width);

}  // namespace aisle
