#include "storage/memory/memory_store.h"

#include <algorithm>
#include <mutex>
#include <set>

#include "core/error.h"
#include "storage/memory/task_data.h"
#include "storage/snapshot_digest.h"

namespace aisle {

using namespace memory;

namespace {

class MemoryTrainingStore final : public TrainingStore {
 public:
  Task create_task(const Task& task) override {
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

  std::optional<Task> find_task(std::string_view name) override {
    for (Task& task : list_tasks()) {
      if (task.name == name) return std::move(task);
    }
    return std::nullopt;
  }

  std::vector<Task> list_tasks() override {
    const std::scoped_lock lock(mutex_);
    std::vector<Task> tasks;
    for (const auto& [id, data] : tasks_) tasks.push_back(data.task);
    std::ranges::sort(tasks, {}, &Task::name);
    return tasks;
  }

  void remove_task(std::int64_t task) override {
    const std::scoped_lock lock(mutex_);
    ++change_;
    tasks_.erase(task);
  }

  std::vector<LabelInfo> list_labels(std::int64_t task) override {
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

  void set_label_names(std::int64_t task, std::span<const LabelInfo> names) override {
    const std::scoped_lock lock(mutex_);
    TaskData& data = change(task);
    for (const LabelInfo& label : names) {
      data.names.erase(label.label);
      if (!label.name.empty()) data.names[label.label] = label.name;
    }
  }

  std::vector<PutResult> put_items(std::int64_t task, std::span<const NewItem> items) override {
    const std::scoped_lock lock(mutex_);
    TaskData& data = change(task);
    std::vector<PutResult> results;
    for (const NewItem& item : items) results.push_back(put(data, item));
    return results;
  }

  void scan_known(std::int64_t task, const std::function<void(const KnownItem&)>& visit) override {
    const std::scoped_lock lock(mutex_);
    for (const auto& [id, stored] : peek(task).items)
      visit({id, stored.content, stored.item.split, stored.item.group, stored.fingerprint});
  }

  std::optional<Item> find_item(std::int64_t task, std::string_view id) override {
    const std::scoped_lock lock(mutex_);
    const auto& items = peek(task).items;
    const auto found = items.find(std::string(id));
    if (found == items.end()) return std::nullopt;
    return found->second.item;
  }

  std::vector<Item> list_items(std::int64_t task, const ItemFilter& filter) override {
    const std::scoped_lock lock(mutex_);
    const auto& all = peek(task).items;
    std::vector<Item> items;
    for (auto each = all.upper_bound(filter.after_id); each != all.end() && std::ssize(items) < filter.limit; ++each) {
      const Item& item = each->second.item;
      if (filter.state && item.state != *filter.state) continue;
      if (filter.label && !has_label(item, *filter.label)) continue;
      items.push_back(item);
    }
    return items;
  }

  ItemCounts count_items(std::int64_t task) override {
    const std::scoped_lock lock(mutex_);
    ItemCounts counts;
    for (const auto& [id, stored] : peek(task).items) {
      if (stored.item.state == ItemState::kProposal) ++counts.proposal;
      if (stored.item.state == ItemState::kCertified) ++counts.certified;
      if (stored.item.state == ItemState::kRejected) ++counts.rejected;
    }
    return counts;
  }

  std::int64_t set_state(std::int64_t task, std::span<const std::string> ids, ItemState state) override {
    const std::scoped_lock lock(mutex_);
    auto& items = change(task).items;
    for (const std::string& id : ids) {
      if (!items.contains(id))
        throw Error(ErrorCode::kNotFound, "there is no item '" + id + "'; nothing was changed", {{"id", id}});
    }
    std::int64_t changed = 0;
    for (const std::string& id : ids) changed += std::exchange(items[id].item.state, state) != state ? 1 : 0;
    return changed;
  }

  std::int64_t set_state_of_all_proposals(std::int64_t task, ItemState state) override {
    const std::scoped_lock lock(mutex_);
    std::int64_t changed = 0;
    if (state == ItemState::kProposal) return changed;
    for (auto& [id, stored] : change(task).items) {
      if (stored.item.state != ItemState::kProposal) continue;
      stored.item.state = state;
      ++changed;
    }
    return changed;
  }

  Snapshot create_snapshot(std::int64_t task, std::int64_t now_ms) override {
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

  std::vector<Snapshot> list_snapshots(std::int64_t task) override {
    const std::scoped_lock lock(mutex_);
    std::vector<Snapshot> snapshots;
    for (const StoredSnapshot& stored : peek(task).snapshots) snapshots.push_back(stored.snapshot);
    return snapshots;
  }

  std::optional<Snapshot> find_snapshot(std::int64_t task, std::int64_t number) override {
    for (const Snapshot& snapshot : list_snapshots(task)) {
      if (snapshot.number == number) return snapshot;
    }
    return std::nullopt;
  }

  std::unique_ptr<ItemSource> read_snapshot(std::int64_t task, std::int64_t number,
                                            std::optional<Split> part) override {
    const std::scoped_lock lock(mutex_);
    return source_of(members_of(task, number), part);
  }

  SnapshotDiff diff_snapshots(std::int64_t task, std::int64_t from, std::int64_t to, std::size_t limit) override {
    const std::scoped_lock lock(mutex_);
    return compare(*members_of(task, from), *members_of(task, to), limit);
  }

  Run start_run(std::int64_t task, const Run& run) override {
    const std::scoped_lock lock(mutex_);
    TaskData& data = change(task);
    data.runs.push_back(run);
    data.runs.back().number = std::ssize(data.runs);
    data.runs.back().epochs.clear();
    return data.runs.back();
  }

  void add_epoch(std::int64_t task, std::int64_t run, const EpochMetrics& epoch) override {
    const std::scoped_lock lock(mutex_);
    auto& epochs = run_of(task, run).epochs;
    std::erase_if(epochs, [&](const EpochMetrics& known) { return known.epoch == epoch.epoch; });
    epochs.push_back(epoch);
    std::ranges::sort(epochs, {}, &EpochMetrics::epoch);
  }

  void finish_run(std::int64_t task, const Run& run) override {
    const std::scoped_lock lock(mutex_);
    Run& stored = run_of(task, run.number);
    stored.state = run.state;
    stored.failure = run.failure;
    stored.ended_ms = run.ended_ms;
    stored.train_seconds = run.train_seconds;
    stored.peak_memory_bytes = run.peak_memory_bytes;
  }

  std::vector<Run> list_runs(std::int64_t task) override {
    const std::scoped_lock lock(mutex_);
    std::vector<Run> runs(peek(task).runs.rbegin(), peek(task).runs.rend());
    for (Run& run : runs) run.epochs.clear();
    return runs;
  }

  std::optional<Run> find_run(std::int64_t task, std::int64_t number) override {
    const std::scoped_lock lock(mutex_);
    const auto& runs = peek(task).runs;
    if (number < 1 || number > std::ssize(runs)) return std::nullopt;
    return runs[static_cast<std::size_t>(number - 1)];
  }

  ModelVersion add_version(std::int64_t task, const ModelVersion& version) override {
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

  std::vector<ModelVersion> list_versions(std::int64_t task) override {
    const std::scoped_lock lock(mutex_);
    const TaskData& data = peek(task);
    std::vector<ModelVersion> versions;
    for (const auto& [number, version] : data.versions) versions.push_back(with_aliases(data, version));
    std::ranges::reverse(versions);
    return versions;
  }

  std::optional<ModelVersion> find_version(std::int64_t task, std::int64_t version) override {
    const std::scoped_lock lock(mutex_);
    const TaskData& data = peek(task);
    const auto found = data.versions.find(version);
    if (found == data.versions.end()) return std::nullopt;
    return with_aliases(data, found->second);
  }

  std::optional<std::int64_t> resolve_alias(std::int64_t task, std::string_view alias) override {
    const std::scoped_lock lock(mutex_);
    const auto& aliases = peek(task).aliases;
    const auto found = aliases.find(std::string(alias));
    if (found == aliases.end()) return std::nullopt;
    return found->second;
  }

  void promote(std::int64_t task, const Promotion& promotion) override {
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

  std::vector<Promotion> list_promotions(std::int64_t task) override {
    const std::scoped_lock lock(mutex_);
    const auto& promotions = peek(task).promotions;
    return {promotions.rbegin(), promotions.rend()};
  }

  void remove_version(std::int64_t task, std::int64_t version) override {
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

  std::int64_t change_counter() override {
    const std::scoped_lock lock(mutex_);
    return change_;
  }

 private:
  // What is read of an unknown task is empty.
  const TaskData& peek(std::int64_t task) const {
    static const TaskData kEmpty;
    const auto found = tasks_.find(task);
    return found == tasks_.end() ? kEmpty : found->second;
  }

  TaskData& change(std::int64_t task) {
    const auto found = tasks_.find(task);
    if (found == tasks_.end()) throw Error(ErrorCode::kNotFound, "there is no such task any more; it was removed");
    ++change_;
    return found->second;
  }

  Run& run_of(std::int64_t task, std::int64_t run) {
    auto& runs = change(task).runs;
    if (run < 1 || run > std::ssize(runs))
      throw Error(ErrorCode::kNotFound, "there is no run " + std::to_string(run) + "; `aisle runs list` shows them");
    return runs[static_cast<std::size_t>(run - 1)];
  }

  std::shared_ptr<const Members> members_of(std::int64_t task, std::int64_t number) const {
    const auto& snapshots = peek(task).snapshots;
    if (number < 1 || number > std::ssize(snapshots)) {
      throw Error(ErrorCode::kNotFound,
                  "there is no snapshot " + std::to_string(number) + "; `aisle data list` shows them");
    }
    return snapshots[static_cast<std::size_t>(number - 1)].members;
  }

  static void check_version(const TaskData& data, std::int64_t version) {
    if (data.versions.contains(version)) return;
    throw Error(ErrorCode::kNotFound,
                "there is no version " + std::to_string(version) + "; `aisle models list` shows them");
  }

  static ModelVersion with_aliases(const TaskData& data, ModelVersion version) {
    for (const auto& [alias, number] : data.aliases) {
      if (number == version.version) version.aliases.push_back(alias);
    }
    return version;
  }

  std::mutex mutex_;
  std::map<std::int64_t, TaskData> tasks_;
  std::int64_t last_task_ = 0;
  std::int64_t change_ = 0;
};

class MemoryUserStore final : public UserStore {
 public:
  std::int64_t ensure_operator(std::string_view name, std::int64_t) override {
    const std::scoped_lock lock(mutex_);
    return users_.try_emplace(std::string(name), std::ssize(users_) + 1).first->second;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::int64_t> users_;
};

class MemoryLogStore final : public LogStore {
 public:
  void add_event(const LogEvent& event) override {
    const std::scoped_lock lock(mutex_);
    events_.push_back(event);
  }
  std::vector<LogEvent> list_events(std::string_view kind, std::size_t limit) override {
    const std::scoped_lock lock(mutex_);
    std::vector<LogEvent> found;
    for (auto event = events_.rbegin(); event != events_.rend() && found.size() < limit; ++event) {
      if (kind.empty() || event->kind == kind) found.push_back(*event);
    }
    return found;
  }

 private:
  std::mutex mutex_;
  std::vector<LogEvent> events_;
};

}  // namespace

std::unique_ptr<TrainingStore> memory_training_store() {
  return std::make_unique<MemoryTrainingStore>();
}
std::unique_ptr<UserStore> memory_user_store() {
  return std::make_unique<MemoryUserStore>();
}
std::unique_ptr<LogStore> memory_log_store() {
  return std::make_unique<MemoryLogStore>();
}

}  // namespace aisle
