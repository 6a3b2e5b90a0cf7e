// Networks as ONNX files: what was trained here runs anywhere.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/backbone.h"
#include "workflow/context.h"

namespace aisle {

struct ExportSettings {
  std::string format = "onnx";  // the only one
  std::string output;           // .onnx
  bool force = false;           // replace what is there
};

struct ExportResult {
  std::int64_t bytes = 0;
  std::int64_t parameters = 0;
  int opset = 0;
  std::vector<std::string> inputs, outputs;
};

// A version with its backbone: `probabilities` [batch, labels], as `aisle predict` gives them, and `features`. What a
// program needs to use it (labels, how texts and pictures are prepared) is in the file's metadata. kUnsupported for
// kinds without a network of their own; kAlreadyExists (the file), kTooLarge, kIo.
ExportResult export_version(Context& context, const Task& task, const ModelVersion& version,
                            const ExportSettings& settings);

// A backbone's `features` alone, as `aisle embed` gives them.
ExportResult export_backbone(Context& context, const Backbone& backbone, const ExportSettings& settings);

}  // namespace aisle
