#include "core/error.h"
#include "storage/memory/training_store.h"

namespace aisle::memory {

void MemoryTrainingStore::add_backbone(const Backbone& backbone) {
  check_backbone_name(backbone.name);
  const std::scoped_lock lock(mutex_);
  if (!backbones_.try_emplace(backbone.name, backbone).second)
    throw Error(ErrorCode::kAlreadyExists, "there is a backbone '" + backbone.name + "' already");
  ++change_;
}

std::optional<Backbone> MemoryTrainingStore::find_backbone(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  const auto found = backbones_.find(name);
  if (found == backbones_.end()) return std::nullopt;
  return found->second;
}

std::vector<Backbone> MemoryTrainingStore::list_backbones() {
  const std::scoped_lock lock(mutex_);
  std::vector<Backbone> list;
  for (const auto& [name, backbone] : backbones_) list.push_back(backbone);
  return list;
}

void MemoryTrainingStore::remove_backbone(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  const auto found = backbones_.find(name);
  if (found == backbones_.end())
    throw Error(ErrorCode::kNotFound, "there is no backbone '" + std::string(name.substr(0, 80)) + "'");
  backbones_.erase(found);
  ++change_;
}

}  // namespace aisle::memory
