#include "storage/memory/training_store.h"

#include <algorithm>

#include "core/error.h"

namespace aisle::memory {

ModelVersion MemoryTrainingStore::add_version(std::int64_t task, const ModelVersion& version) {
  const std::scoped_lock lock(mutex_);
  TaskData& data = change(task);
  ModelVersion added = version;
  added.version = ++data.last_version;
  added.aliases.clear();
  data.versions[added.version] = added;
  const bool first = !data.aliases.contains("production");
  data.aliases[first ? "production" : "candidate"] = added.version;
  if (first)
    data.promotions.push_back(
        {added.version, 0, added.actor, added.created_ms, "first", "the first version of the task"});
  return with_aliases(data, added);
}

std::vector<ModelVersion> MemoryTrainingStore::list_versions(std::int64_t task) {
  const std::scoped_lock lock(mutex_);
  const TaskData& data = peek(task);
  std::vector<ModelVersion> versions;
  for (const auto& [number, version] : data.versions) versions.push_back(with_aliases(data, version));
  std::ranges::reverse(versions);
  return versions;
}

std::optional<ModelVersion> MemoryTrainingStore::find_version(std::int64_t task, std::int64_t version) {
  const std::scoped_lock lock(mutex_);
  const TaskData& data = peek(task);
  const auto found = data.versions.find(version);
  if (found == data.versions.end()) return std::nullopt;
  return with_aliases(data, found->second);
}

std::optional<std::int64_t> MemoryTrainingStore::resolve_alias(std::int64_t task, std::string_view alias) {
  const std::scoped_lock lock(mutex_);
  const auto& aliases = peek(task).aliases;
  const auto found = aliases.find(std::string(alias));
  if (found == aliases.end()) return std::nullopt;
  return found->second;
}

void MemoryTrainingStore::promote(std::int64_t task, const Promotion& promotion) {
  const std::scoped_lock lock(mutex_);
  TaskData& data = change(task);
  check_version(data, promotion.version);
  const auto production = data.aliases.find("production");
  const std::int64_t current = production == data.aliases.end() ? 0 : production->second;
  if (current != promotion.previous) {
    throw Error(ErrorCode::kFailedPrecondition, "production has become version " + std::to_string(current) +
                                                    " in the meantime; compare with that one and try again");
  }
  data.aliases["production"] = promotion.version;
  const auto candidate = data.aliases.find("candidate");
  if (candidate != data.aliases.end() && candidate->second == promotion.version) data.aliases.erase(candidate);
  data.promotions.push_back(promotion);
}

std::vector<Promotion> MemoryTrainingStore::list_promotions(std::int64_t task) {
  const std::scoped_lock lock(mutex_);
  const auto& promotions = peek(task).promotions;
  return {promotions.rbegin(), promotions.rend()};
}

void MemoryTrainingStore::remove_version(std::int64_t task, std::int64_t version) {
  const std::scoped_lock lock(mutex_);
  TaskData& data = change(task);
  check_version(data, version);
  if (data.aliases["production"] == version) {
    throw Error(ErrorCode::kFailedPrecondition,
                "version " + std::to_string(version) + " is in production; promote another one first");
  }
  std::erase_if(data.aliases, [&](const auto& alias) { return alias.second == version; });
  data.versions.erase(version);
}

void MemoryTrainingStore::check_version(const TaskData& data, std::int64_t version) {
  if (data.versions.contains(version)) return;
  throw Error(ErrorCode::kNotFound,
              "there is no version " + std::to_string(version) + "; `aisle models list` shows them");
}

ModelVersion MemoryTrainingStore::with_aliases(const TaskData& data, ModelVersion version) {
  for (const auto& [alias, number] : data.aliases) {
    if (number == version.version) version.aliases.push_back(alias);
  }
  return version;
}

}  // namespace aisle::memory
