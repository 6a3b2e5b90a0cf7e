#include "model/network/formats/weight_file.h"

#include <algorithm>

#include "core/error.h"
#include "model/network/formats/safetensors.h"
#include "model/network/formats/state_dict.h"

namespace aisle::network {

WeightFile WeightFile::open(const std::filesystem::path& path) {
  MappedFile file(path);
  try {
    WeightFile weights = parse(file.bytes());
    weights.file_ = std::move(file);
    return weights;
  } catch (const Error& error) {
    throw error.with("file", path.string());
  }
}

WeightFile WeightFile::parse(std::span<const std::byte> bytes) {
  WeightFile weights;
  if (is_safetensors(bytes)) {
    weights.format_ = "safetensors";
    weights.list_.tensors = read_safetensors(bytes);
  } else if (is_state_dict(bytes)) {
    weights.format_ = "state dict";
    weights.list_ = read_state_dict(bytes);
  } else {
    throw Error(ErrorCode::kUnsupported,
                "these are no weights that are read here: give a safetensors file, or a state dict as PyTorch's"
                " torch.save(model.state_dict(), FILE) writes it");
  }
  auto& tensors = weights.list_.tensors;
  std::ranges::sort(tensors, {}, &NamedTensor::name);
  const auto twice = std::ranges::adjacent_find(tensors, {}, &NamedTensor::name);
  if (twice != tensors.end()) throw Error(ErrorCode::kCorrupt, "two tensors have the name '" + twice->name + "'");
  return weights;
}

std::optional<TensorView> WeightFile::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(list_.tensors, name, {}, &NamedTensor::name);
  if (found == list_.tensors.end() || found->name != name) return std::nullopt;
  return found->view;
}

std::vector<std::string> WeightFile::names() const {
  std::vector<std::string> names;
  for (const NamedTensor& tensor : list_.tensors) names.push_back(tensor.name);
  return names;
}

}  // namespace aisle::network
