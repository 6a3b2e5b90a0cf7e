#include "codec/backbone_json.h"

#include <nlohmann/json.hpp>

#include "codec/json_parse.h"
#include "core/clock.h"
#include "core/error.h"

namespace aisle {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;

Json text_json(const TextInput& text) {
  return {{"pooling", text.pooling}, {"normalize", text.normalize}, {"max_tokens", text.max_tokens}};
}

Json picture_json(const PictureInput& picture) {
  return {{"size", picture.size},     {"resized", picture.resized}, {"squash", picture.squash},
          {"filter", picture.filter}, {"mean", picture.mean},       {"deviation", picture.deviation}};
}

Json files_json(const std::vector<BackboneFile>& files) {
  Json list = Json::array();
  for (const BackboneFile& file : files)
    list.push_back({{"name", file.name}, {"digest", file.digest.hex()}, {"bytes", file.bytes}});
  return list;
}

TextInput text_from(const json& value) {
  return {value.at("pooling").get<std::string>(), value.at("normalize").get<bool>(),
          value.at("max_tokens").get<std::int64_t>()};
}

PictureInput picture_from(const json& value) {
  return {value.at("size").get<std::int64_t>(),
          value.at("resized").get<std::int64_t>(),
          value.at("squash").get<bool>(),
          value.at("filter").get<std::string>(),
          value.at("mean").get<std::array<double, 3>>(),
          value.at("deviation").get<std::array<double, 3>>()};
}

BackboneManifest manifest_from(const json& value) {
  if (value.at("format").get<int>() > kFormat)
    throw Error(ErrorCode::kUnsupported, "a newer program added this backbone; use that one");
  BackboneManifest manifest;
  manifest.architecture = value.at("architecture").get<std::string>();
  manifest.input = value.contains("text") ? BackboneInput::kText : BackboneInput::kPicture;
  if (manifest.input == BackboneInput::kText) {
    manifest.text = text_from(value.at("text"));
  } else {
    manifest.picture = picture_from(value.at("picture"));
  }
  manifest.features = value.at("features").get<std::int64_t>();
  manifest.parameters = value.at("parameters").get<std::int64_t>();
  for (const json& file : value.at("files")) {
    manifest.files.push_back({file.at("name").get<std::string>(),
                              Digest::from_hex(file.at("digest").get<std::string>()),
                              file.at("bytes").get<std::int64_t>()});
  }
  return manifest;
}

}  // namespace

Json to_json(const BackboneManifest& manifest) {
  Json document = {{"format", kFormat}, {"architecture", manifest.architecture}};
  if (manifest.input == BackboneInput::kText) {
    document["text"] = text_json(manifest.text);
  } else {
    document["picture"] = picture_json(manifest.picture);
  }
  document["features"] = manifest.features;
  document["parameters"] = manifest.parameters;
  document["files"] = files_json(manifest.files);
  return document;
}

Json to_json(const Backbone& backbone) {
  Json document = {{"name", backbone.name}, {"digest", backbone.digest.hex()}};
  document.update(to_json(backbone.manifest));
  document.erase("format");
  document["source"] = backbone.source;
  document["who"] = backbone.actor;
  document["created"] = format_utc(backbone.created_ms);
  return document;
}

std::string manifest_text(const BackboneManifest& manifest) {
  return to_json(manifest).dump();
}

BackboneManifest parse_manifest(std::string_view text) {
  try {
    return manifest_from(parse_json(text));
  } catch (const json::exception& error) {
    throw Error(ErrorCode::kCorrupt, "the backbone's manifest is broken: a value is missing or of another kind");
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kUnsupported) throw;
    throw Error(ErrorCode::kCorrupt, std::string("the backbone's manifest is broken: ") + error.what());
  }
}

}  // namespace aisle
