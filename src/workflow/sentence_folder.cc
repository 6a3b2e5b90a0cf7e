#include "workflow/sentence_folder.h"

#include "core/error.h"
#include "workflow/config_file.h"

namespace aisle {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// "sentence_transformers.models.Pooling": the last word.
std::string step_of(const json& module) {
  const std::string type = module.at("type").get<std::string>();
  return type.substr(type.rfind('.') + 1).substr(0, 80);
}

// A folder within the folder, by one plain name.
fs::path within(const fs::path& folder, const json& module) {
  const std::string name = module.at("path").get<std::string>();
  if (name.empty()) return folder;
  if (name.find_first_of("/\\") != std::string::npos || name == "." || name == ".." || name.size() > 100)
    throw Error(ErrorCode::kInvalidArgument, "the path '" + name.substr(0, 100) + "' is no folder within this one");
  return folder / name;
}

void read_module(const json& module, const fs::path& folder, SentenceFolder& read) {
  const std::string step = step_of(module);
  if (step == "Transformer") {
    read.encoder = within(folder, module);
  } else if (step == "Pooling") {
    read.pooling = within(folder, module);
  } else if (step == "Normalize") {
    read.normalize = true;
  } else if (step != "Dropout") {  // which does nothing here
    throw Error(ErrorCode::kUnsupported,
                "the step '" + step + "' is not built here; Transformer, Pooling, Normalize and Dropout are");
  }
}

std::string pooling_of(const json& config) {
  if (config.contains("pooling_mode")) {
    const std::string mode = config.at("pooling_mode").get<std::string>();
    return mode == "cls" ? "first" : mode;
  }
  std::vector<std::string> chosen;
  for (const auto& [key, value] : config.items()) {
    if (key.starts_with("pooling_mode_") && value.get<bool>()) chosen.push_back(key);
  }
  if (chosen == std::vector<std::string>{"pooling_mode_mean_tokens"}) return "mean";
  if (chosen == std::vector<std::string>{"pooling_mode_cls_token"}) return "first";
  throw Error(ErrorCode::kUnsupported,
              "only the pooling over the mean or the first token is built here; --pooling"
              " mean takes the mean");
}

std::string read_pooling(const fs::path& file, std::int64_t width) {
  const json config = read_config(file);
  return reading(file, [&] {
    if (!config.is_object()) throw Error(ErrorCode::kInvalidArgument, "it holds no object");
    if (config.contains("word_embedding_dimension") && config.at("word_embedding_dimension") != json(width)) {
      throw Error(ErrorCode::kInvalidArgument, "its word_embedding_dimension is " +
                                                   config.at("word_embedding_dimension").dump().substr(0, 40) +
                                                   ", the encoder is " + std::to_string(width) + " wide");
    }
    return pooling_of(config);
  });
}

}  // namespace

SentenceFolder read_sentence_folder(const fs::path& folder) {
  SentenceFolder read{.encoder = folder, .pooling = {}};
  const fs::path file = folder / "modules.json";
  if (!fs::exists(file)) {
    if (fs::exists(folder / "1_Pooling" / "config.json")) read.pooling = folder / "1_Pooling";
    return read;
  }
  const json modules = read_config(file);
  reading(file, [&] {
    if (!modules.is_array()) throw Error(ErrorCode::kInvalidArgument, "it holds no list of steps");
    for (const json& module : modules) read_module(module, folder, read);
  });
  return read;
}

TextInput sentence_input(const SentenceFolder& folder, const BackboneSource& source, std::int64_t width) {
  TextInput text{.normalize = folder.normalize, .max_tokens = source.max_tokens};
  if (!source.pooling.empty()) {
    text.pooling = source.pooling;
  } else if (!folder.pooling.empty()) {
    text.pooling = read_pooling(folder.pooling / "config.json", width);
  }
  return text;
}

}  // namespace aisle
