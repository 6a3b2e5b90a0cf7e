#include "storage/memory/training_store.h"

#include <set>

#include "core/error.h"
#include "storage/snapshot_digest.h"

namespace aisle::memory {

Snapshot MemoryTrainingStore::create_snapshot(std::int64_t task, std::int64_t now_ms) {
  const std::scoped_lock lock(mutex_);
  TaskData& data = change(task);
  auto members = std::make_shared<Members>();
  std::set<std::string> labels;
  SnapshotDigest digest;
  for (const auto& [id, stored] : data.items) {
    if (stored.item.state != ItemState::kCertified) continue;
    members->emplace(id, stored);
    labels.insert(stored.item.labels.begin(), stored.item.labels.end());
    digest.add(id, stored.content, stored.item.split);
  }
  if (members->empty()) {
    throw Error(ErrorCode::kFailedPrecondition,
                "no item of the task is certified; run `aisle certify` or import with --certified");
  }
  Snapshot snapshot;
  digest.finish(snapshot);
  for (const StoredSnapshot& known : data.snapshots) {
    if (known.snapshot.digest == snapshot.digest) return known.snapshot;
  }
  snapshot.number = std::ssize(data.snapshots) + 1;
  snapshot.labels = std::ssize(labels);
  snapshot.created_ms = now_ms;
  data.snapshots.push_back({snapshot, std::move(members)});
  return snapshot;
}

std::vector<Snapshot> MemoryTrainingStore::list_snapshots(std::int64_t task) {
  const std::scoped_lock lock(mutex_);
  std::vector<Snapshot> snapshots;
  for (const StoredSnapshot& stored : peek(task).snapshots) snapshots.push_back(stored.snapshot);
  return snapshots;
}

std::optional<Snapshot> MemoryTrainingStore::find_snapshot(std::int64_t task, std::int64_t number) {
  for (const Snapshot& snapshot : list_snapshots(task)) {
    if (snapshot.number == number) return snapshot;
  }
  return std::nullopt;
}

std::unique_ptr<ItemSource> MemoryTrainingStore::read_snapshot(std::int64_t task, std::int64_t number,
                                                               std::optional<Split> part) {
  const std::scoped_lock lock(mutex_);
  return source_of(members_of(task, number), part);
}

SnapshotDiff MemoryTrainingStore::diff_snapshots(std::int64_t task, std::int64_t from, std::int64_t to,
                                                 std::size_t limit) {
  const std::scoped_lock lock(mutex_);
  return compare(*members_of(task, from), *members_of(task, to), limit);
}

std::shared_ptr<const Members> MemoryTrainingStore::members_of(std::int64_t task, std::int64_t number) const {
  const auto& snapshots = peek(task).snapshots;
  if (number < 1 || number > std::ssize(snapshots)) {
    throw Error(ErrorCode::kNotFound,
                "there is no snapshot " + std::to_string(number) + "; `aisle data list` shows them");
  }
  return snapshots[static_cast<std::size_t>(number - 1)].members;
}

}  // namespace aisle::memory
