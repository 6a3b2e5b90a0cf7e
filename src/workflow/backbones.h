// Backbones of a workspace: pretrained networks from a folder, a file or a URL, kept under a name.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "domain/backbone.h"
#include "model/network/formats/weight_file.h"
#include "model/network/network.h"
#include "workflow/context.h"

namespace aisle {

struct BackboneSource {
  std::string source;        // a Hugging Face or timm folder, a safetensors file, a state dict, or the URL of a file
  std::string architecture;  // empty: found out
  std::string pooling;       // of a text encoder; empty: as the folder says, else "mean"
  std::string sha256;        // of the file; empty: not checked
  std::int64_t max_tokens = 128;
};

// What computes features: the network without a head, and its weights under the names that it asks for.
struct OpenBackbone {
  Backbone backbone;
  network::Network network;
  network::WeightFile weights;
};

// Checks that the weights fit the network, and keeps them as safetensors with all that is needed to use them. Durable
// when it returns. kAlreadyExists (the name), kInvalidArgument, kNotFound, kCorrupt, kUnsupported, kTooLarge.
Backbone add_backbone(Context& context, const std::string& name, const BackboneSource& source);

std::vector<Backbone> list_backbones(Context& context);  // by name
// kNotFound names those that there are.
Backbone require_backbone(Context& context, std::string_view name);
// By what it is made of, whatever its name. kNotFound.
Backbone require_backbone(Context& context, const Digest& digest);
// With its files, where nothing else refers to them. kFailedPrecondition while a version of a task was trained with it.
void remove_backbone(Context& context, std::string_view name);

// Where the file of that name lies. kNotFound.
std::filesystem::path backbone_file(Context& context, const BackboneManifest& manifest, std::string_view name);
// kCorrupt, kNotFound, kUnsupported.
OpenBackbone open_backbone(Context& context, const Backbone& backbone);

}  // namespace aisle
