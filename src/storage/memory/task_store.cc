#include "storage/memory/training_store.h"

#include <algorithm>

#include "core/error.h"

namespace aisle::memory {

Task MemoryTrainingStore::create_task(const Task& task) {
  check_task(task);
  const std::scoped_lock lock(mutex_);
  for (const auto& [id, data] : tasks_) {
    if (data.task.name == task.name)
      throw Error(ErrorCode::kAlreadyExists,
                  "there is a task '" + task.name + "' already; take another name or remove it first");
  }
  ++change_;
  const std::int64_t id = ++last_task_;
  tasks_[id].task = task;
  tasks_[id].task.id = id;
  return tasks_[id].task;
}

std::optional<Task> MemoryTrainingStore::find_task(std::string_view name) {
  for (Task& task : list_tasks()) {
    if (task.name == name) return std::move(task);
  }
  return std::nullopt;
}

std::vector<Task> MemoryTrainingStore::list_tasks() {
  const std::scoped_lock lock(mutex_);
  std::vector<Task> tasks;
  for (const auto& [id, data] : tasks_) tasks.push_back(data.task);
  std::ranges::sort(tasks, {}, &Task::name);
  return tasks;
}

void MemoryTrainingStore::remove_task(std::int64_t task) {
  const std::scoped_lock lock(mutex_);
  ++change_;
  tasks_.erase(task);
}

std::vector<LabelInfo> MemoryTrainingStore::list_labels(std::int64_t task) {
  const std::scoped_lock lock(mutex_);
  const TaskData& data = peek(task);
  std::map<std::string, LabelInfo> labels;
  for (const auto& [label, name] : data.names) labels[label] = {label, name, 0};
  for (const auto& [id, stored] : data.items) {
    for (const std::string& label : stored.item.labels) {
      LabelInfo& info = labels.try_emplace(label, LabelInfo{label, label, 0}).first->second;
      info.items += stored.item.state == ItemState::kCertified ? 1 : 0;
    }
  }
  std::vector<LabelInfo> result;
  for (auto& [label, info] : labels) result.push_back(std::move(info));
  return result;
}

void MemoryTrainingStore::set_label_names(std::int64_t task, std::span<const LabelInfo> names) {
  const std::scoped_lock lock(mutex_);
  TaskData& data = change(task);
  for (const LabelInfo& label : names) {
    data.names.erase(label.label);
    if (!label.name.empty()) data.names[label.label] = label.name;
  }
}

std::int64_t MemoryTrainingStore::change_counter() {
  const std::scoped_lock lock(mutex_);
  return change_;
}

std::vector<Digest> MemoryTrainingStore::list_blobs() {
  const std::scoped_lock lock(mutex_);
  std::vector<Digest> blobs;
  const auto add = [&](const std::string& digest) {
    if (!digest.empty()) blobs.push_back(Digest::from_hex(digest));
  };
  for (const auto& [task, data] : tasks_) {
    for (const auto& [id, stored] : data.items) add(stored.item.image);
    for (const StoredSnapshot& snapshot : data.snapshots) {
      for (const auto& [id, stored] : *snapshot.members) add(stored.item.image);
    }
    for (const auto& [number, version] : data.versions) add(version.archive);
  }
  for (const auto& [name, backbone] : backbones_) {
    for (const BackboneFile& file : backbone.manifest.files) blobs.push_back(file.digest);
  }
  return blobs;
}

const TaskData& MemoryTrainingStore::peek(std::int64_t task) const {
  static const TaskData kEmpty;
  const auto found = tasks_.find(task);
  return found == tasks_.end() ? kEmpty : found->second;
}

TaskData& MemoryTrainingStore::change(std::int64_t task) {
  const auto found = tasks_.find(task);
  if (found == tasks_.end()) throw Error(ErrorCode::kNotFound, "there is no such task any more; it was removed");
  ++change_;
  return found->second;
}

}  // namespace aisle::memory
