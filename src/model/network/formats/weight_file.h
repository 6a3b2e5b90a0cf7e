// A file of named tensors: safetensors, or a PyTorch state dict in its zip form or its old pickled form. The file is
// mapped, and nothing of it is executed. Immutable; may be shared between threads.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/files.h"
#include "model/network/formats/named_tensor.h"

namespace aisle::network {

class WeightFile final : public WeightSource {
 public:
  // The first bytes tell the formats apart. Throws, naming the file: kNotFound, kIo, kCorrupt (broken: what and where),
  // kUnsupported (another format, other things than tensors), kTooLarge.
  static WeightFile open(const std::filesystem::path& path);
  // Views of bytes that outlive the object.
  static WeightFile parse(std::span<const std::byte> bytes);

  std::optional<TensorView> find(std::string_view name) const override;
  std::vector<std::string> names() const override;  // sorted

  const std::vector<NamedTensor>& tensors() const { return list_.tensors; }  // by name, distinct
  std::string_view format() const { return format_; }                        // "safetensors", "state dict"

 private:
  MappedFile file_;
  TensorList list_;
  std::string_view format_;
};

}  // namespace aisle::network
