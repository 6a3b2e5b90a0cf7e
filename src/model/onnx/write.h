// Models as files.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/progress.h"
#include "model/onnx/graph.h"

namespace aisle::onnx {

// What a file of one part can hold (protobuf's limit), less room for the graph.
inline constexpr std::uint64_t kMostWeightBytes = (std::uint64_t{2} << 30) - (std::uint64_t{64} << 20);

// Bytes of all initializers.
std::uint64_t weight_bytes(const Graph& graph);

// Writes the file durably and at once, in place of what is there, after ONNX's own checker has seen the model.
// kTooLarge over kMostWeightBytes, kUnsupported where the library for it is missing, kIo, kCancelled.
void write_model(Model model, const std::filesystem::path& path, Progress& progress, const CancelToken& cancel);

}  // namespace aisle::onnx
