#include "workflow/backbone_draft.h"

#include <algorithm>
#include <cmath>

#include "codec/json_parse.h"
#include "core/error.h"
#include "core/files.h"
#include "domain/limits.h"
#include "model/network/backbone_network.h"

namespace aisle {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kMostConfigBytes = 1 << 20;

json read_config(const fs::path& file) {
  try {
    return parse_json(read_file(file, kMostConfigBytes));
  } catch (const Error& error) {
    throw error.with("file", file.string());
  }
}

// Runs `read`, which takes values out of the file's JSON; what is missing or of another kind is named with the file.
template <typename Read>
auto reading(const fs::path& file, Read read) {
  try {
    return read();
  } catch (const json::exception&) {
    throw Error(ErrorCode::kInvalidArgument, "a value is missing or of another kind", {{"file", file.string()}});
  } catch (const Error& error) {
    throw error.with("file", file.string());
  }
}

fs::path find_weights(const fs::path& folder) {
  for (const char* name : {"model.safetensors", "pytorch_model.bin"}) {
    if (fs::exists(folder / name)) return folder / name;
  }
  for (const char* name : {"model.safetensors.index.json", "pytorch_model.bin.index.json"}) {
    if (fs::exists(folder / name)) {
      throw Error(ErrorCode::kUnsupported,
                  "the weights are split over several files; save them in one with"
                  " model.save_pretrained(FOLDER, max_shard_size='16GB')",
                  {{"file", (folder / name).string()}});
    }
  }
  throw Error(ErrorCode::kNotFound, "the folder has no model.safetensors and no pytorch_model.bin",
              {{"folder", folder.string()}});
}

// --- text encoders

std::string pooling_of(const json& config) {
  if (config.contains("pooling_mode")) {
    const std::string mode = config.at("pooling_mode").get<std::string>();
    return mode == "cls" ? "first" : mode;
  }
  std::vector<std::string> chosen;
  for (const auto& [key, value] : config.items()) {
    if (key.starts_with("pooling_mode_") && value.is_boolean() && value.get<bool>()) chosen.push_back(key);
  }
  if (chosen == std::vector<std::string>{"pooling_mode_mean_tokens"}) return "mean";
  if (chosen == std::vector<std::string>{"pooling_mode_cls_token"}) return "first";
  throw Error(ErrorCode::kUnsupported,
              "only the pooling over the mean or the first token is built here; --pooling"
              " mean takes the mean");
}

bool normalizes(const fs::path& folder) {
  const fs::path file = folder / "modules.json";
  if (!fs::exists(file)) return false;
  const json modules = read_config(file);
  return std::ranges::any_of(modules, [](const json& module) {
    return module.is_object() && module.value("type", json()) == "sentence_transformers.models.Normalize";
  });
}

TextInput text_input(const fs::path& folder, const BackboneSource& source) {
  TextInput text{.max_tokens = source.max_tokens};
  const fs::path file = folder / "1_Pooling" / "config.json";
  if (!source.pooling.empty()) {
    text.pooling = source.pooling;
  } else if (fs::exists(file)) {
    const json config = read_config(file);
    text.pooling = reading(file, [&] { return pooling_of(config); });
  }
  text.normalize = normalizes(folder);
  return text;
}

std::vector<fs::path> tokenizer_files(const fs::path& folder) {
  if (fs::exists(folder / "tokenizer.json")) return {folder / "tokenizer.json"};
  std::vector<fs::path> files;
  if (fs::exists(folder / "vocab.txt")) {
    files = {folder / "vocab.txt"};
  } else if (fs::exists(folder / "vocab.json") && fs::exists(folder / "merges.txt")) {
    files = {folder / "vocab.json", folder / "merges.txt"};
  } else {
    throw Error(ErrorCode::kNotFound,
                "the folder has no tokenizer: tokenizer.json, vocab.txt, or vocab.json with merges.txt"
                " (AutoTokenizer.from_pretrained(...).save_pretrained(FOLDER) writes tokenizer.json)",
                {{"folder", folder.string()}});
  }
  if (fs::exists(folder / "tokenizer_config.json")) files.push_back(folder / "tokenizer_config.json");
  return files;
}

BackboneDraft text_draft(const fs::path& folder, json config, const BackboneSource& source) {
  BackboneDraft draft;
  draft.manifest.architecture = network::kTextArchitecture;
  draft.manifest.input = BackboneInput::kText;
  draft.manifest.text = text_input(folder, source);
  draft.config = std::move(config);
  draft.weights = find_weights(folder);
  draft.kept = tokenizer_files(folder);
  draft.kept.push_back(folder / "config.json");
  return draft;
}

// --- picture networks

// timm's "legacy_xception.tf_in1k" and "tf_efficientnet_lite0".
std::string architecture_of_timm(std::string name) {
  name = name.substr(0, name.find('.'));
  return name == "legacy_xception" ? "xception" : name;
}

// As timm's config.json says the weights were trained.
PictureInput picture_input(const json& trained, PictureInput picture) {
  if (trained.contains("input_size")) {
    const auto size = trained.at("input_size").get<std::array<std::int64_t, 3>>();
    if (size[1] != size[2]) throw Error(ErrorCode::kUnsupported, "only square pictures are built here");
    picture.size = size[1];
  }
  const double crop = trained.value("crop_pct", 0.875);
  if (!(crop > 0.1 && crop <= 1)) throw Error(ErrorCode::kInvalidArgument, "crop_pct must be in (0.1, 1]");
  picture.resized = static_cast<std::int64_t>(std::floor(static_cast<double>(picture.size) / crop));
  picture.squash = trained.value("crop_mode", std::string("center")) == "squash";
  picture.filter = trained.value("interpolation", picture.filter);
  if (trained.contains("mean")) picture.mean = trained.at("mean").get<std::array<double, 3>>();
  if (trained.contains("std")) picture.deviation = trained.at("std").get<std::array<double, 3>>();
  return picture;
}

BackboneDraft timm_draft(const fs::path& folder, const json& config, const BackboneSource& source) {
  const fs::path file = folder / "config.json";
  BackboneDraft draft;
  draft.manifest.input = BackboneInput::kPicture;
  draft.manifest.architecture = source.architecture.empty()
                                    ? architecture_of_timm(config.at("architecture").get<std::string>())
                                    : source.architecture;
  draft.manifest.picture = reading(file, [&] {
    const json& trained = config.contains("pretrained_cfg") ? config.at("pretrained_cfg") : config;
    return picture_input(trained, network::usual_picture_input(draft.manifest.architecture));
  });
  draft.weights = find_weights(folder);
  return draft;
}

}  // namespace

BackboneDraft draft_of_folder(const fs::path& folder, const BackboneSource& source) {
  const fs::path file = folder / "config.json";
  if (!fs::exists(file)) {
    throw Error(ErrorCode::kNotFound,
                "the folder has no config.json: a folder as Hugging Face's save_pretrained writes"
                " it is wanted; a bare file of weights is named itself",
                {{"folder", folder.string()}});
  }
  json config = read_config(file);
  if (!config.is_object())
    throw Error(ErrorCode::kInvalidArgument, "config.json is no object", {{"file", file.string()}});
  const bool timm = config.contains("architecture") && config.at("architecture").is_string();
  if (timm) return timm_draft(folder, config, source);
  if (!source.architecture.empty() && source.architecture != network::kTextArchitecture) {
    throw Error(ErrorCode::kInvalidArgument,
                "config.json describes a text encoder, not " + source.architecture.substr(0, 80));
  }
  return text_draft(folder, std::move(config), source);
}

BackboneDraft draft_of_file(const fs::path& file, const BackboneSource& source) {
  if (source.architecture == network::kTextArchitecture) {
    throw Error(ErrorCode::kInvalidArgument, "a text encoder needs its config.json and its tokenizer: name the folder",
                {{"file", file.string()}});
  }
  BackboneDraft draft;
  draft.manifest.input = BackboneInput::kPicture;
  draft.manifest.architecture = source.architecture;
  draft.usual_picture = true;
  draft.weights = file;
  return draft;
}

}  // namespace aisle
