#include "workflow/backbones.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "codec/backbone_json.h"
#include "codec/json_parse.h"
#include "core/error.h"
#include "core/files.h"
#include "core/sha256.h"
#include "domain/limits.h"
#include "featurize/subword/subword_tokenizer.h"
#include "model/classifier.h"
#include "model/network/backbone_network.h"
#include "model/network/formats/safetensors.h"
#include "model/network/spelling.h"
#include "workflow/backbone_draft.h"
#include "workflow/collect.h"
#include "workflow/download.h"
#include "workflow/fitting.h"
#include "workflow/picture_settings.h"

namespace aisle {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kConfig = "config.json";

// Removes a file at the end, unless it was taken over.
class TemporaryFile {
 public:
  explicit TemporaryFile(fs::path path) : path_(std::move(path)) {}
  ~TemporaryFile() { ::unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// Whether one of the words between ',' and ':' is the name.
bool names_backbone(std::string_view setting, std::string_view name) {
  while (true) {
    const std::size_t end = setting.find_first_of(",:");
    if (setting.substr(0, end) == name) return true;
    if (end == std::string_view::npos) return false;
    setting.remove_prefix(end + 1);
  }
}

void check_source(Context& context, const std::string& name, const BackboneSource& source) {
  check_backbone_name(name);
  if (context.workspace.training->find_backbone(name)) {
    throw Error(ErrorCode::kAlreadyExists, "there is a backbone '" + name +
                                               "' already; take another name, or first: aisle backbone remove " + name);
  }
  if (source.max_tokens < 2 || source.max_tokens > static_cast<std::int64_t>(limits::kMaxTokens)) {
    throw Error(ErrorCode::kInvalidArgument,
                fmt::format("--max-tokens is {}; it must be in [2, {}]", source.max_tokens, limits::kMaxTokens));
  }
}

// The same name for the same URL, so that a second try finds what the first one left.
fs::path fetched(Context& context, const BackboneSource& source) {
  const fs::path file = context.workspace.folder / "tmp" / ("download-" + digest_of(source.source).hex().substr(0, 24));
  download({.url = source.source, .file = file, .sha256 = source.sha256, .most_bytes = limits::kBackboneBytes},
           context.progress, context.cancel);
  return file;
}

void check_file(const fs::path& file, const BackboneSource& source) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file, error);
  if (error) throw Error(ErrorCode::kNotFound, "no such file or folder: " + source.source, {{"file", file.string()}});
  if (size > limits::kBackboneBytes) {
    throw Error(ErrorCode::kTooLarge, fmt::format("a backbone's weights have at most {} bytes", limits::kBackboneBytes),
                {{"file", file.string()}});
  }
  if (source.sha256.empty()) return;
  const std::string found = sha256_hex(MappedFile(file).text());
  if (Digest::from_hex(source.sha256) != Digest::from_hex(found))
    throw Error(ErrorCode::kInvalidArgument, "the file is not the expected one: its SHA-256 is " + found);
}

network::Network network_of(BackboneDraft& draft, const network::WeightFile& weights) {
  BackboneManifest& manifest = draft.manifest;
  if (manifest.architecture.empty()) manifest.architecture = find_architecture_of(weights);
  if (draft.usual_picture) manifest.picture = network::usual_picture_input(manifest.architecture);
  network::Network network = network::backbone_network(manifest, draft.config);
  if (manifest.input == BackboneInput::kText) {
    const auto limit = static_cast<std::int64_t>(network.max_tokens().value_or(limits::kMaxTokens));
    manifest.text.max_tokens = std::min(manifest.text.max_tokens, limit);
  }
  manifest.features = network.operations()[network.output("features")].shape.dims.at(0);
  manifest.parameters = static_cast<std::int64_t>(network.parameter_count());
  return network;
}

// What use would stumble over: the tokenizer, or how pictures are prepared.
void check_preparation(const BackboneDraft& draft, const network::Network& network) {
  if (draft.manifest.input == BackboneInput::kPicture) {
    transform_of(draft.manifest.picture);
    return;
  }
  const auto tokenizer = open_subword_tokenizer(draft.tokenizer);
  if (tokenizer->vocabulary_size() <= network.vocabulary()) return;
  throw Error(ErrorCode::kInvalidArgument,
              fmt::format("the tokenizer has {} ids, the network's embedding {} rows: they are not of one model",
                          tokenizer->vocabulary_size(), network.vocabulary()));
}

// The network's parameters alone, under its names, as safetensors: what is served is mapped and never parsed as a
// pickle.
BackboneFile keep_weights(Context& context, const network::Network& network, const network::WeightSource& weights) {
  std::vector<network::NamedTensor> tensors;
  for (const network::Parameter& parameter : network.parameters()) {
    network::TensorView view = weights.find(parameter.name).value();
    view.shape = parameter.shape;
    tensors.push_back({parameter.name, std::move(view)});
  }
  const TemporaryFile file(context.workspace.blobs->temporary_path("backbone"));
  network::write_safetensors(file.path(), tensors);
  const auto bytes = static_cast<std::int64_t>(fs::file_size(file.path()));
  return {std::string(kBackboneWeights), context.workspace.blobs->adopt(file.path()), bytes};
}

BackboneFile keep_file(Context& context, const fs::path& file) {
  const std::string bytes = read_file(file, limits::kTokenizerBytes);
  return {file.filename().string(), context.workspace.blobs->put(bytes), static_cast<std::int64_t>(bytes.size())};
}

Backbone keep(Context& context, const std::string& name, const BackboneSource& source, BackboneDraft draft) {
  const auto hold = context.workspace.blobs->hold();
  const network::WeightFile file = network::WeightFile::open(draft.weights);
  const network::Network network = network_of(draft, file);
  const network::UsualNames weights(draft.manifest.architecture, file);
  check_fit(network, weights);
  check_preparation(draft, network);
  context.cancel.check();
  std::vector<BackboneFile>& files = draft.manifest.files;
  files.push_back(keep_weights(context, network, weights));
  for (const fs::path& kept : draft.kept) files.push_back(keep_file(context, kept));
  std::ranges::sort(files, {}, &BackboneFile::name);
  const Backbone backbone{.name = name,
                          .digest = digest_of(manifest_text(draft.manifest)),
                          .manifest = std::move(draft.manifest),
                          .source = source.source,
                          .actor = context.actor,
                          .created_ms = context.clock.now_ms()};
  context.workspace.training->add_backbone(backbone);
  return backbone;
}

// Whether the version's settings name the backbone: as a value, or within one ("sentence:NAME").
bool is_named(const ModelVersion& version, std::string_view name) {
  return std::ranges::any_of(version.parameters,
                             [&](const auto& setting) { return names_backbone(setting.second, name); });
}

// Whether its file needs the backbone, for itself or for a member: those of a fusion may be versions, which no setting
// of its own tells. A file that cannot be read needs nothing.
bool is_within(Context& context, const ModelVersion& version, const Digest& digest) try {
  const auto file = context.workspace.blobs->path_of(Digest::from_hex(version.archive));
  const std::vector<EncoderInfo> encoders = read_encoders(file);
  return std::ranges::find(encoders, digest, &EncoderInfo::digest) != encoders.end();
} catch (const Error&) {
  return false;
}

// As "3 of apps".
std::vector<std::string> versions_with(Context& context, const Backbone& backbone) {
  std::vector<std::string> found;
  for (const Task& task : context.workspace.training->list_tasks()) {
    for (const ModelVersion& version : context.workspace.training->list_versions(task.id)) {
      if (is_named(version, backbone.name) || is_within(context, version, backbone.digest))
        found.push_back(fmt::format("{} of {}", version.version, task.name));
    }
  }
  return found;
}

void log_backbone(Context& context, std::string_view kind, const std::string& name) {
  context.workspace.logs->add_event({.time_ms = context.clock.now_ms(),
                                     .kind = std::string(kind),
                                     .task = "",
                                     .actor = context.actor,
                                     .detail = fmt::format(R"({{"backbone":"{}"}})", name)});
}

}  // namespace

Backbone add_backbone(Context& context, const std::string& name, const BackboneSource& source) {
  check_source(context, name, source);
  std::optional<TemporaryFile> fetched_file;
  fs::path place = source.source;
  if (is_url(source.source)) place = fetched_file.emplace(fetched(context, source)).path();
  std::error_code error;
  const bool folder = fs::is_directory(place, error);
  if (folder && !source.sha256.empty())
    throw Error(ErrorCode::kInvalidArgument,
                "--sha256 is the checksum of a file, and " + source.source + " is a folder");
  if (!folder) check_file(place, source);
  try {
    Backbone backbone =
        keep(context, name, source, folder ? draft_of_folder(place, source) : draft_of_file(place, source));
    log_backbone(context, "backbone_added", name);
    return backbone;
  } catch (const Error& problem) {
    throw problem.with("source", source.source);
  }
}

std::vector<Backbone> list_backbones(Context& context) {
  return context.workspace.training->list_backbones();
}

Backbone require_backbone(Context& context, std::string_view name) {
  if (auto found = context.workspace.training->find_backbone(name)) return *std::move(found);
  std::string known;
  for (const Backbone& backbone : list_backbones(context)) known += (known.empty() ? "" : ", ") + backbone.name;
  throw Error(
      ErrorCode::kNotFound,
      "no backbone '" + std::string(name.substr(0, 80)) + "'; " +
          (known.empty() ? "there is none yet: aisle backbone add FOLDER|FILE|URL --name N" : "there are: " + known));
}

Backbone require_backbone(Context& context, const Digest& digest) {
  for (Backbone& backbone : context.workspace.training->list_backbones()) {
    if (backbone.digest == digest) return std::move(backbone);
  }
  throw Error(ErrorCode::kNotFound,
              "the backbone that the model was trained with is not in this workspace; add it again"
              " with `aisle backbone add` (digest " +
                  digest.hex() + ")");
}

void remove_backbone(Context& context, std::string_view name) {
  const Backbone backbone = require_backbone(context, name);
  const std::vector<std::string> versions = versions_with(context, backbone);
  if (!versions.empty()) {
    throw Error(ErrorCode::kFailedPrecondition,
                fmt::format("version {} was trained with the backbone {}; remove it first: aisle models remove",
                            fmt::join(versions, ", "), backbone.name));
  }
  context.workspace.training->remove_backbone(name);
  log_backbone(context, "backbone_removed", backbone.name);
  collect_after_removal(context);
}

fs::path backbone_file(Context& context, const BackboneManifest& manifest, std::string_view name) {
  return context.workspace.blobs->path_of(manifest.file(name).digest);
}

OpenBackbone open_backbone(Context& context, const Backbone& backbone) {
  const BackboneManifest& manifest = backbone.manifest;
  try {
    nlohmann::json config;
    if (manifest.has(kConfig))
      config = parse_json(read_file(backbone_file(context, manifest, kConfig), limits::kTokenizerBytes));
    return {backbone, network::backbone_network(manifest, config),
            network::WeightFile::open(backbone_file(context, manifest, kBackboneWeights))};
  } catch (const Error& error) {
    throw error.with("backbone", backbone.name);
  }
}

}  // namespace aisle
