// What lies at the source of a backbone, before anything of it is kept.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "domain/backbone.h"
#include "workflow/backbones.h"

namespace aisle {

struct BackboneDraft {
  BackboneManifest manifest;   // without files, features and parameters; architecture "": to be found out
  bool usual_picture = false;  // the picture's settings are to be those of the architecture's published weights
  nlohmann::json config;       // a text encoder's config.json
  std::filesystem::path weights;
  std::filesystem::path tokenizer;          // the folder where a text encoder's lies
  std::vector<std::filesystem::path> kept;  // config.json and the tokenizer's files
};

// A folder as Hugging Face's transformers, sentence-transformers or timm write it. kNotFound, kUnsupported and
// kInvalidArgument, with the file.
BackboneDraft draft_of_folder(const std::filesystem::path& folder, const BackboneSource& source);

// A file of weights: a picture network.
BackboneDraft draft_of_file(const std::filesystem::path& file, const BackboneSource& source);

}  // namespace aisle
