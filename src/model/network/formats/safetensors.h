// safetensors (https://github.com/huggingface/safetensors): u64 size of the header, the header as JSON
// ({"name": {"dtype", "shape", "data_offsets": [begin, end]}, "__metadata__": {...}}), then the data. As in the
// reference, tensors must fill the data exactly, without holes and overlaps. All numbers are little-endian.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "model/network/formats/named_tensor.h"

namespace aisle::network {

bool is_safetensors(std::span<const std::byte> bytes);

// Views of `bytes`. kCorrupt, kUnsupported (a type of numbers), kTooLarge.
std::vector<NamedTensor> read_safetensors(std::span<const std::byte> bytes);

// Durably, by a temporary file beside `path`. The data start on a 64-byte boundary and wider numbers come first, so
// that every tensor is aligned where it is mapped. Names are distinct. kIo.
void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors);

}  // namespace aisle::network
