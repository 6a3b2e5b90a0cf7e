#include "workflow/export_network.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "codec/domain_json.h"
#include "core/error.h"
#include "model/frozen/frozen_model.h"
#include "model/onnx/head.h"
#include "model/onnx/translate.h"
#include "model/onnx/write.h"
#include "workflow/backbones.h"
#include "workflow/environment.h"
#include "workflow/models.h"

#include <nlohmann/json.hpp>

namespace aisle {
namespace {

namespace fs = std::filesystem;

void check_output(const ExportSettings& settings) {
  std::error_code failed;
  if (fs::is_directory(settings.output, failed))
    throw Error(ErrorCode::kInvalidArgument, settings.output + " is a folder; name a file");
  if (!settings.force && fs::exists(settings.output, failed))
    throw Error(ErrorCode::kAlreadyExists, "there is a " + settings.output + " already; --force replaces it");
}

std::string text_input_words(const TextInput& text) {
  return fmt::format(
      "Inputs: the ids that the backbone's own tokenizer gives, special ones among them, at most {} of a text; shorter "
      "texts "
      "are filled up behind with any id, and attention_mask is 1 on tokens, 0 behind them; token_type_ids, where asked "
      "for, "
      "are 0.",
      text.max_tokens);
}

std::string picture_input_words(const PictureInput& picture) {
  const std::string resized = picture.squash ? fmt::format("resized to {0} x {0}", picture.resized)
                                             : fmt::format("its shorter side resized to {}", picture.resized);
  return fmt::format(
      "Input: the picture upright, in sRGB, on white where it is transparent, {} ({}), the middle of {} x {} pixels "
      "cut out; "
      "each channel, red first, is (x / 255 - mean) / deviation with mean {} and deviation {}.",
      resized, picture.filter, picture.size, picture.size, fmt::join(picture.mean, ", "),
      fmt::join(picture.deviation, ", "));
}

Json picture_json(const PictureInput& picture) {
  return {{"size", picture.size},     {"resized", picture.resized}, {"squash", picture.squash},
          {"filter", picture.filter}, {"mean", picture.mean},       {"deviation", picture.deviation}};
}

// A network on its way into a file, with the words that say how to use it.
class Export {
 public:
  Export(Context& context, Backbone backbone)
      : context_(context), opened_(open_backbone(context, backbone)), graph_(backbone.name) {
    const BackboneManifest& manifest = opened_.backbone.manifest;
    say("backbone", backbone.name);
    say("backbone_digest", backbone.digest.hex());
    say("architecture", manifest.architecture);
    if (manifest.input == BackboneInput::kText) {
      say("max_tokens", std::to_string(manifest.text.max_tokens));
      say("pooling", manifest.text.pooling);
      say("normalized", manifest.text.normalize ? "true" : "false");
      about_ = text_input_words(manifest.text);
    } else {
      say("picture", picture_json(manifest.picture).dump());
      about_ = picture_input_words(manifest.picture);
    }
    result_.parameters = manifest.parameters;
  }

  void add_features() {
    features_ = onnx::add_network(graph_, opened_.network, opened_.weights, {"features"}).front();
    if (opened_.backbone.manifest.text.normalize) features_ = onnx::add_normalisation(graph_, features_);
    graph_.output(features_, onnx::output_info(opened_.network, "features"));
  }

  void add_head(const Task& task, const ModelVersion& version, const FrozenParts& parts) {
    const auto classes = static_cast<std::int64_t>(parts.card.labels.size());
    graph_.output(onnx::add_classifier(graph_, features_, parts),
                  {"probabilities", onnx::ElementType::kFloat, {"batch", classes}});
    result_.parameters += classes * static_cast<std::int64_t>(parts.encoder.dimension);
    say("task", task.name);
    say("task_kind", std::string(to_string(parts.card.kind)));
    say("model", version.model);
    say("version", std::to_string(version.version));
    say_labels(context_.workspace.training->list_labels(task.id), parts.card);
    say("priors", Json(parts.prior).dump());
    if (parts.card.kind == TaskKind::kTags) {
      say("tag_limits", Json(parts.card.rule.tag_limits).dump());
    } else {
      say("sure_limit", fmt::format("{}", parts.card.rule.sure_limit));
    }
    if (parts.encoder.reads != Reads::kText) return;
    say("text_fields", Json(parts.card.text_fields).dump());
    about_ = fmt::format(
        "The text: the fields {}, without markup, code blocks and addresses, those that are not empty joined by line "
        "feeds. {}",
        fmt::join(parts.card.text_fields, ", "), about_);
  }

  ExportResult write(const ExportSettings& settings) && {
    onnx::Model model{.graph = std::move(graph_).take(),
                      .producer_version = program_version(),
                      .about = std::move(about_),
                      .metadata = std::move(metadata_)};
    result_.opset = onnx::kOpset;
    for (const onnx::ValueInfo& input : model.graph.inputs) result_.inputs.push_back(input.name);
    for (const onnx::ValueInfo& output : model.graph.outputs) result_.outputs.push_back(output.name);
    onnx::write_model(std::move(model), settings.output, context_.progress, context_.cancel);
    result_.bytes = static_cast<std::int64_t>(fs::file_size(settings.output));
    return std::move(result_);
  }

 private:
  void say(std::string key, std::string value) { metadata_.emplace_back(std::move(key), std::move(value)); }

  // In the order of the probabilities; `now`: by label, with the names that people read.
  void say_labels(const std::vector<LabelInfo>& now, const ModelCard& card) {
    Json labels = Json::array(), names = Json::array();
    for (const LabelInfo& label : card.labels) {
      const auto found = std::ranges::lower_bound(now, label.label, {}, &LabelInfo::label);
      const bool known = found != now.end() && found->label == label.label;
      labels.push_back(label.label);
      names.push_back(known ? found->name : label.name);
    }
    say("labels", labels.dump());
    say("label_names", names.dump());
  }

  Context& context_;
  OpenBackbone opened_;
  onnx::GraphBuilder graph_;
  std::string features_, about_;
  std::vector<std::pair<std::string, std::string>> metadata_;
  ExportResult result_;
};

[[noreturn]] void refuse_kind(Context& context, const ModelVersion& version) {
  std::vector<std::string> members;
  for (const MemberWeight& member : list_members(context, version)) members.push_back(member.name);
  const std::string made_of = members.empty() ? "" : fmt::format(" (it is made of {})", fmt::join(members, ", "));
  throw Error(ErrorCode::kUnsupported,
              fmt::format("version {} is of the kind '{}', which is no network{}; what can be exported are versions of "
                          "the kinds {} and {}, and backbones: aisle backbone export",
                          version.version, version.model, made_of, kSentenceKind, kPictureKind));
}

}  // namespace

ExportResult export_version(Context& context, const Task& task, const ModelVersion& version,
                            const ExportSettings& settings) {
  check_output(settings);
  if (version.model != kSentenceKind && version.model != kPictureKind) refuse_kind(context, version);
  const Archive archive = Archive::open(context.workspace.blobs->path_of(Digest::from_hex(version.archive)));
  const FrozenParts parts = read_frozen_model(archive);
  Export network(context, require_backbone(context, parts.encoder.digest));
  network.add_features();
  network.add_head(task, version, parts);
  return std::move(network).write(settings);
}

ExportResult export_backbone(Context& context, const Backbone& backbone, const ExportSettings& settings) {
  check_output(settings);
  Export network(context, backbone);
  network.add_features();
  return std::move(network).write(settings);
}

}  // namespace aisle
