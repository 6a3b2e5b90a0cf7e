// Where the numbers of a torch.save file lie: the storages that the pickle names, found in either form of the file.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string_view>

#include "model/network/formats/pickle.h"
#include "model/network/tensor.h"

namespace aisle::network {

struct TorchStorage {
  DType dtype = DType::kF32;
  std::uint64_t count = 0;  // of numbers
  std::span<const std::byte> bytes;
};

struct TorchFile {
  Pickle pickle;
  std::map<std::string_view, TorchStorage> storages;  // by key
};

bool is_zip_form(std::span<const std::byte> bytes);
TorchFile open_zip_form(std::span<const std::byte> bytes);
TorchFile open_legacy_form(std::span<const std::byte> bytes);

// ('storage', type, key, location, count[, view]) with the parts checked.
struct StorageId {
  std::string_view key;
  DType dtype = DType::kF32;
  std::uint64_t count = 0;
  std::uint64_t view_offset = 0;  // of the old form's views: added to a tensor's own offset
};
StorageId storage_id(const Pickle& pickle, const PickleNode& persistent);

// A number of the pickle that counts something. kCorrupt for others.
std::uint64_t count_in(const PickleNode& node);

}  // namespace aisle::network
