// The manifest of a backbone as JSON: what is stored, and what people and programs are shown.
#pragma once

#include <string>
#include <string_view>

#include "codec/domain_json.h"
#include "domain/backbone.h"

namespace aisle {

Json to_json(const BackboneManifest& manifest);
Json to_json(const Backbone& backbone);  // flat

// The same manifest always gives the same bytes. Reading throws kCorrupt, or kUnsupported for a newer form.
std::string manifest_text(const BackboneManifest& manifest);
BackboneManifest parse_manifest(std::string_view text);

}  // namespace aisle
