#include "workflow/backbone_draft.h"

#include <array>
#include <cmath>

#include "core/error.h"
#include "model/network/backbone_network.h"
#include "model/network/hugging_face.h"
#include "workflow/config_file.h"
#include "workflow/sentence_folder.h"

namespace aisle {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

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

BackboneDraft text_draft(const SentenceFolder& sentence, json config, const BackboneSource& source) {
  const fs::path& folder = sentence.encoder;
  BackboneDraft draft;
  draft.manifest.architecture = network::kTextArchitecture;
  draft.manifest.input = BackboneInput::kText;
  const std::int64_t width = reading(folder / "config.json", [&] { return network::bert_config(config).width; });
  draft.manifest.text = sentence_input(sentence, source, width);
  draft.config = std::move(config);
  draft.weights = find_weights(folder);
  draft.tokenizer = folder;
  draft.kept = tokenizer_files(folder);
  draft.kept.push_back(folder / "config.json");
  return draft;
}

// --- picture networks

constexpr double kMostSide = 100'000;  // what prepares pictures takes less, and says so

// timm's "legacy_xception.tf_in1k" and "tf_efficientnet_lite0".
std::string architecture_of_timm(std::string name) {
  name = name.substr(0, name.find('.'));
  return name == "legacy_xception" ? "xception" : name;
}

// As timm's config.json says the weights were trained.
PictureInput picture_input(const json& trained, PictureInput picture) {
  if (trained.contains("input_size")) {
    const auto size = trained.at("input_size").get<std::array<double, 3>>();
    if (size[1] != size[2]) throw Error(ErrorCode::kUnsupported, "only square pictures are built here");
    if (!(size[1] >= 1 && size[1] <= kMostSide)) throw Error(ErrorCode::kInvalidArgument, "input_size is out of range");
    picture.size = static_cast<std::int64_t>(size[1]);
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
  const SentenceFolder sentence = read_sentence_folder(folder);
  const fs::path file = sentence.encoder / "config.json";
  if (!fs::exists(file)) {
    throw Error(ErrorCode::kNotFound,
                "the folder has no config.json: a folder as Hugging Face's save_pretrained writes"
                " it is wanted; a bare file of weights is named itself",
                {{"folder", sentence.encoder.string()}});
  }
  json config = read_config(file);
  if (!config.is_object())
    throw Error(ErrorCode::kInvalidArgument, "config.json is no object", {{"file", file.string()}});
  const bool timm = config.contains("architecture") && config.at("architecture").is_string();
  const bool text_wanted = source.architecture == network::kTextArchitecture;
  if (!source.architecture.empty() && timm == text_wanted) {
    throw Error(ErrorCode::kInvalidArgument,
                std::string("config.json describes a ") + (timm ? "picture network" : "text encoder") + ", not " +
                    source.architecture.substr(0, 80),
                {{"file", file.string()}});
  }
  return timm ? timm_draft(folder, config, source) : text_draft(sentence, std::move(config), source);
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
