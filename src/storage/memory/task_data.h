// What the memory store holds of one task, and what happens to it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/store.h"

namespace aisle::memory {

struct StoredItem {
  Item item;
  Digest content;
  std::string fingerprint;
};

// Items by id, as they were.
using Members = std::map<std::string, StoredItem>;

struct StoredSnapshot {
  Snapshot snapshot;
  std::shared_ptr<const Members> members;
};

struct TaskData {
  Task task;
  std::map<std::string, StoredItem> items;
  std::map<std::string, std::string> names;
  std::vector<StoredSnapshot> snapshots;
  std::vector<Run> runs;
  std::map<std::int64_t, ModelVersion> versions;
  std::int64_t last_version = 0;
  std::map<std::string, std::int64_t> aliases;
  std::vector<Promotion> promotions;
};

PutResult put(TaskData& data, const NewItem& given);
bool has_label(const Item& item, const std::string& label);
SnapshotDiff compare(const Members& from, const Members& to, std::size_t limit);
std::unique_ptr<ItemSource> source_of(std::shared_ptr<const Members> members, std::optional<Split> part);

}  // namespace aisle::memory
