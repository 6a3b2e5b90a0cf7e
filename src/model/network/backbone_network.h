// From a backbone's manifest to its network, without a head.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "domain/backbone.h"
#include "model/network/network.h"

namespace aisle::network {

inline constexpr std::string_view kTextArchitecture = "bert";

// `config`: the checkpoint's config.json for a text encoder; not looked at for a picture network. kInvalidArgument,
// kUnsupported, kNotFound (the architecture).
Network backbone_network(const BackboneManifest& manifest, const nlohmann::json& config);

// How the published weights of a picture architecture want their input. kUnsupported where there are none: text
// encoders, and what learns from scratch.
PictureInput usual_picture_input(std::string_view architecture);

// The picture architectures that have published weights.
std::span<const std::string_view> picture_backbones();

}  // namespace aisle::network
