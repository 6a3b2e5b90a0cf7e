// The registry over a context's workspace.
#pragma once

#include "registry/registry.h"
#include "workflow/context.h"

namespace aisle {

// `encoders` must outlive the registry.
inline Registry registry_of(Context& context, EncoderSource& encoders) {
  return {*context.workspace.training, *context.workspace.blobs, context.clock,
          [&encoders](const std::filesystem::path& archive) { return open_classifier(archive, encoders); }};
}
inline Registry registry_of(Context& context) {
  return registry_of(context, context.encoders);
}

}  // namespace aisle
