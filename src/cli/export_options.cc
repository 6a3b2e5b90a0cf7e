#include "cli/export_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "cli/table.h"

namespace aisle {

void add_export_options(Command command, ExportSettings& settings) {
  command.option("--format", settings.format, "onnx").one_of({"onnx"}).shows_default();
  command.option("--output", settings.output, "The .onnx file").required();
  command.flag("--force", settings.force, "Replace a file that is there");
}

void print_export(Session& session, Json document, const ExportResult& result, const ExportSettings& settings) {
  document.update({{"output", settings.output},
                   {"format", "onnx"},
                   {"opset", result.opset},
                   {"inputs", result.inputs},
                   {"outputs", result.outputs},
                   {"parameters", result.parameters},
                   {"bytes", result.bytes}});
  session.print(document, fmt::format("{} in {}: {} to {}, ONNX with opset {}",
                                      format_bytes(static_cast<double>(result.bytes)), settings.output,
                                      fmt::join(result.inputs, ", "), fmt::join(result.outputs, ", "), result.opset));
}

}  // namespace aisle
