// The training data in memory. One class, one file a group of verbs, as in sql/. Thread-safe: one mutex.
#pragma once

#include <map>
#include <mutex>

#include "storage/memory/task_data.h"
#include "storage/store.h"

namespace aisle::memory {

class MemoryTrainingStore final : public TrainingStore {
 public:
  Task create_task(const Task& task) override;
  std::optional<Task> find_task(std::string_view name) override;
  std::vector<Task> list_tasks() override;
  void remove_task(std::int64_t task) override;
  std::vector<LabelInfo> list_labels(std::int64_t task) override;
  void set_label_names(std::int64_t task, std::span<const LabelInfo> names) override;

  std::vector<PutResult> put_items(std::int64_t task, std::span<const NewItem> items) override;
  void scan_known(std::int64_t task, const std::function<void(const KnownItem&)>& visit) override;
  std::optional<Item> find_item(std::int64_t task, std::string_view id) override;
  std::vector<Item> list_items(std::int64_t task, const ItemFilter& filter) override;
  ItemCounts count_items(std::int64_t task) override;
  std::int64_t set_state(std::int64_t task, std::span<const std::string> ids, ItemState state) override;
  std::int64_t set_state_of_all_proposals(std::int64_t task, ItemState state) override;

  Snapshot create_snapshot(std::int64_t task, std::int64_t now_ms) override;
  std::vector<Snapshot> list_snapshots(std::int64_t task) override;
  std::optional<Snapshot> find_snapshot(std::int64_t task, std::int64_t number) override;
  std::unique_ptr<ItemSource> read_snapshot(std::int64_t task, std::int64_t number, std::optional<Split> part) override;
  SnapshotDiff diff_snapshots(std::int64_t task, std::int64_t from, std::int64_t to, std::size_t limit) override;

  Run start_run(std::int64_t task, const Run& run) override;
  void add_epoch(std::int64_t task, std::int64_t run, const EpochMetrics& epoch) override;
  void finish_run(std::int64_t task, const Run& run) override;
  std::vector<Run> list_runs(std::int64_t task) override;
  std::optional<Run> find_run(std::int64_t task, std::int64_t number) override;

  ModelVersion add_version(std::int64_t task, const ModelVersion& version) override;
  std::vector<ModelVersion> list_versions(std::int64_t task) override;
  std::optional<ModelVersion> find_version(std::int64_t task, std::int64_t version) override;
  std::optional<std::int64_t> resolve_alias(std::int64_t task, std::string_view alias) override;
  void promote(std::int64_t task, const Promotion& promotion) override;
  std::vector<Promotion> list_promotions(std::int64_t task) override;
  void remove_version(std::int64_t task, std::int64_t version) override;

  void add_backbone(const Backbone& backbone) override;
  std::optional<Backbone> find_backbone(std::string_view name) override;
  std::vector<Backbone> list_backbones() override;
  void remove_backbone(std::string_view name) override;

  std::int64_t change_counter() override;
  std::vector<Digest> list_blobs() override;

 private:
  // What is read of an unknown task is empty.
  const TaskData& peek(std::int64_t task) const;
  TaskData& change(std::int64_t task);
  Run& run_of(std::int64_t task, std::int64_t run);
  std::shared_ptr<const Members> members_of(std::int64_t task, std::int64_t number) const;
  static void check_version(const TaskData& data, std::int64_t version);
  static ModelVersion with_aliases(const TaskData& data, ModelVersion version);

  std::mutex mutex_;
  std::map<std::int64_t, TaskData> tasks_;
  std::map<std::string, Backbone, std::less<>> backbones_;
  std::int64_t last_task_ = 0;
  std::int64_t change_ = 0;
};

}  // namespace aisle::memory
