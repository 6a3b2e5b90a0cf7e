// State dicts as torch.save writes them: a ZIP archive with data.pkl and a file a storage (since PyTorch 1.6), or a row
// of pickles with the storages behind them (before). Also checkpoints that hold the state dict under the usual keys.
// Only the names listed in the .cc file may stand in the pickle; none of them is run.
#pragma once

#include <cstddef>
#include <span>

#include "model/network/formats/named_tensor.h"

namespace aisle::network {

// Whether the bytes begin as one. Ask is_safetensors() first: the sizes it begins with may look like a pickle.
bool is_state_dict(std::span<const std::byte> bytes);

// Tensors that share a storage stay views of it; those that are not row-major are copied. kCorrupt, kUnsupported (other
// classes, named; big-endian numbers), kTooLarge.
TensorList read_state_dict(std::span<const std::byte> bytes);

}  // namespace aisle::network
