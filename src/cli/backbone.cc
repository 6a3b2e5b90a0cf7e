#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/export_options.h"
#include "cli/session.h"
#include "cli/table.h"
#include "codec/backbone_json.h"
#include "core/clock.h"
#include "workflow/backbones.h"

namespace aisle {
namespace {

struct BackboneOptions {
  std::string name;
  BackboneSource source;
  ExportSettings exported;
};

std::int64_t size_of(const BackboneManifest& manifest) {
  std::int64_t bytes = 0;
  for (const BackboneFile& file : manifest.files) bytes += file.bytes;
  return bytes;
}

std::string input_of(const BackboneManifest& manifest) {
  if (manifest.input == BackboneInput::kText) {
    return fmt::format("text, {} tokens, pooling {}{}", manifest.text.max_tokens, manifest.text.pooling,
                       manifest.text.normalize ? ", normalised" : "");
  }
  const PictureInput& picture = manifest.picture;
  return fmt::format("picture, {0} x {0} of {1}{2}, {3}", picture.size, picture.resized,
                     picture.squash ? " squashed" : "", picture.filter);
}

std::string bytes_text(std::int64_t bytes) {
  return format_bytes(static_cast<double>(bytes));
}

void add(Session& session, const BackboneOptions& options) {
  const Backbone added = add_backbone(session.context(), options.name, options.source);
  session.print(to_json(added),
                fmt::format("Added the backbone {}: {}, {} features, {}", added.name, added.manifest.architecture,
                            added.manifest.features, bytes_text(size_of(added.manifest))));
}

void list(Session& session) {
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows = {{"backbone", "architecture", "input", "features", "size", "created"}};
  for (const Backbone& backbone : list_backbones(session.context())) {
    list.push_back(to_json(backbone));
    rows.push_back({backbone.name, backbone.manifest.architecture, input_of(backbone.manifest),
                    std::to_string(backbone.manifest.features), bytes_text(size_of(backbone.manifest)),
                    format_utc(backbone.created_ms)});
  }
  session.print({{"backbones", list}}, list.empty()
                                           ? "there is no backbone yet: aisle backbone add FOLDER|FILE|URL --name N"
                                           : format_table(rows));
}

void show(Session& session, const BackboneOptions& options) {
  const Backbone backbone = require_backbone(session.context(), options.name);
  const BackboneManifest& manifest = backbone.manifest;
  std::vector<std::vector<std::string>> rows = {{"name", backbone.name},
                                                {"digest", backbone.digest.hex()},
                                                {"architecture", manifest.architecture},
                                                {"input", input_of(manifest)},
                                                {"features", std::to_string(manifest.features)},
                                                {"parameters", std::to_string(manifest.parameters)}};
  if (manifest.input == BackboneInput::kPicture) {
    rows.push_back({"mean", fmt::format("{}", fmt::join(manifest.picture.mean, ", "))});
    rows.push_back({"deviation", fmt::format("{}", fmt::join(manifest.picture.deviation, ", "))});
  }
  for (const BackboneFile& file : manifest.files) rows.push_back({file.name, bytes_text(file.bytes)});
  rows.push_back({"source", backbone.source});
  rows.push_back({"who", backbone.actor});
  rows.push_back({"created", format_utc(backbone.created_ms)});
  session.print(to_json(backbone), format_table(rows));
}

void remove(Session& session, const BackboneOptions& options) {
  remove_backbone(session.context(), options.name);
  session.print({{"removed", options.name}}, "Removed the backbone " + options.name);
}

void export_onnx(Session& session, const BackboneOptions& options) {
  const Backbone backbone = require_backbone(session.context(), options.name);
  const ExportResult result = export_backbone(session.context(), backbone, options.exported);
  print_export(session, {{"backbone", backbone.name}}, result, options.exported);
}

void add_add(Command backbone, Session& session, const std::shared_ptr<BackboneOptions>& options) {
  Command command = backbone.subcommand(
      "add",
      "Add pretrained weights: a Hugging Face or timm folder, a safetensors file, a PyTorch state dict, or the "
      "URL of such a file");
  command.option("SOURCE", options->source.source, "Folder, file or URL (https, http, file)").required();
  command.option("--name", options->name, "What to call it: a-z, 0-9, '_', '-' and '.'").required();
  command.option("--architecture", options->source.architecture,
                 "As `aisle network list` names it; found out unless given");
  command.option("--pooling", options->source.pooling,
                 "Of a text's tokens: mean, first or pooler; as the folder says unless given");
  command.option("--max-tokens", options->source.max_tokens, "Longer texts are cut").shows_default();
  command.option("--sha256", options->source.sha256, "Checksum of the file, 64 hexadecimal digits");
  command.runs([&session, options] { add(session, *options); });
}

}  // namespace

void add_backbone(Command app, Session& session) {
  Command backbone = app.subcommand("backbone", "Add, list, show, export and remove pretrained networks");
  backbone.wants_subcommand();
  const auto options = std::make_shared<BackboneOptions>();
  add_add(backbone, session, options);
  backbone.subcommand("list", "List them").runs([&session] { list(session); });
  Command shown = backbone.subcommand("show", "Show one: architecture, input, files");
  shown.option("NAME", options->name).required();
  shown.runs([&session, options] { show(session, *options); });
  Command exported = backbone.subcommand("export", "Write the network as a file for other programs");
  exported.option("NAME", options->name).required();
  add_export_options(exported, options->exported);
  exported.runs([&session, options] { export_onnx(session, *options); });
  Command removed = backbone.subcommand("remove", "Forget one; refused while a model was trained with it");
  removed.option("NAME", options->name).required();
  removed.runs([&session, options] { remove(session, *options); });
}

}  // namespace aisle
