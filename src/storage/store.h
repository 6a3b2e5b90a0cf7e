// The narrow interfaces to what Aisle keeps, in the domain's verbs. Two implementations stand under one suite of
// contract tests: sql/ (SOCI) and memory/ (tests). A call that returns is durable. Every call may throw kIo,
// and kOverloaded when another process holds the database longer than the time-out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/backbone.h"
#include "domain/item.h"
#include "domain/registry_types.h"
#include "domain/task.h"

namespace aisle {

class TaskStore {
 public:
  virtual ~TaskStore() = default;
  virtual Task create_task(const Task& task) = 0;  // returns it with its id; kAlreadyExists
  virtual std::optional<Task> find_task(std::string_view name) = 0;
  virtual std::vector<Task> list_tasks() = 0;                         // by name
  virtual void remove_task(std::int64_t task) = 0;                    // with all that belongs to it
  virtual std::vector<LabelInfo> list_labels(std::int64_t task) = 0;  // by label; those of items and those named
  virtual void set_label_names(std::int64_t task, std::span<const LabelInfo> names) = 0;
};

// One item as import stores it. `fingerprint` is opaque to the store (near-duplicate signature).
struct NewItem {
  Item item;  // item.split is the one to keep for a new id; a known id keeps its own unless split_given
  Digest content;
  std::string fingerprint;
  bool split_given = false;
};

enum class PutOutcome { kAdded, kUpdated, kUnchanged };

struct PutResult {
  PutOutcome outcome = PutOutcome::kAdded;
  bool newly_certified = false;
};

// What import must know of the items that are already there. Borrowed during the call.
struct KnownItem {
  std::string_view id;
  Digest content;
  Split split;
  std::string_view group;
  std::string_view fingerprint;
};

struct ItemFilter {
  std::optional<ItemState> state;
  std::optional<std::string> label;
  std::string after_id;      // paging: ids greater than this
  std::int64_t limit = 100;  // at most this many
};

struct ItemCounts {
  std::int64_t proposal = 0, certified = 0, rejected = 0;
};

class ItemStore {
 public:
  virtual ~ItemStore() = default;
  // One transaction. item.state kCertified certifies; kProposal leaves a known item's state as it is, but an
  // update of a certified item's content without certification makes it a proposal again. Results in order.
  // Old contents stay readable by the snapshots that hold them.
  virtual std::vector<PutResult> put_items(std::int64_t task, std::span<const NewItem> items) = 0;
  virtual void scan_known(std::int64_t task, const std::function<void(const KnownItem&)>& visit) = 0;
  virtual std::optional<Item> find_item(std::int64_t task, std::string_view id) = 0;
  virtual std::vector<Item> list_items(std::int64_t task, const ItemFilter& filter) = 0;  // by id
  virtual ItemCounts count_items(std::int64_t task) = 0;
  // All or nothing: kNotFound names the first unknown id. Returns how many changed.
  virtual std::int64_t set_state(std::int64_t task, std::span<const std::string> ids, ItemState state) = 0;
  virtual std::int64_t set_state_of_all_proposals(std::int64_t task, ItemState state) = 0;
};

class SnapshotStore {
 public:
  virtual ~SnapshotStore() = default;
  // Of the certified items as they are now; the same content gives the same snapshot again. kFailedPrecondition
  // when nothing is certified.
  virtual Snapshot create_snapshot(std::int64_t task, std::int64_t now_ms) = 0;
  virtual std::vector<Snapshot> list_snapshots(std::int64_t task) = 0;
  virtual std::optional<Snapshot> find_snapshot(std::int64_t task, std::int64_t number) = 0;
  // Items by id, of one part or of all. The source holds a read transaction of its own.
  virtual std::unique_ptr<ItemSource> read_snapshot(std::int64_t task, std::int64_t number,
                                                    std::optional<Split> part) = 0;
  virtual SnapshotDiff diff_snapshots(std::int64_t task, std::int64_t from, std::int64_t to, std::size_t limit) = 0;
};

class RunStore {
 public:
  virtual ~RunStore() = default;
  virtual Run start_run(std::int64_t task, const Run& run) = 0;  // returns it with its number
  virtual void add_epoch(std::int64_t task, std::int64_t run, const EpochMetrics& epoch) = 0;
  virtual void finish_run(std::int64_t task, const Run& run) = 0;  // state, failure, times, memory
  virtual std::vector<Run> list_runs(std::int64_t task) = 0;       // newest first, without epochs
  virtual std::optional<Run> find_run(std::int64_t task, std::int64_t number) = 0;
};

class ModelStore {
 public:
  virtual ~ModelStore() = default;
  // One transaction: gives the next version number; the first becomes production, a later one candidate.
  virtual ModelVersion add_version(std::int64_t task, const ModelVersion& version) = 0;
  virtual std::vector<ModelVersion> list_versions(std::int64_t task) = 0;  // newest first
  virtual std::optional<ModelVersion> find_version(std::int64_t task, std::int64_t version) = 0;
  virtual std::optional<std::int64_t> resolve_alias(std::int64_t task, std::string_view alias) = 0;
  // One transaction: production moves to promotion.version only while it still is promotion.previous
  // (kFailedPrecondition otherwise); the candidate alias goes when it names that version.
  virtual void promote(std::int64_t task, const Promotion& promotion) = 0;
  virtual std::vector<Promotion> list_promotions(std::int64_t task) = 0;     // newest first
  virtual void remove_version(std::int64_t task, std::int64_t version) = 0;  // kFailedPrecondition for production
};

class BackboneStore {
 public:
  virtual ~BackboneStore() = default;
  virtual void add_backbone(const Backbone& backbone) = 0;  // kAlreadyExists
  virtual std::optional<Backbone> find_backbone(std::string_view name) = 0;
  virtual std::vector<Backbone> list_backbones() = 0;       // by name
  virtual void remove_backbone(std::string_view name) = 0;  // kNotFound
};

// Everything about one workspace's training data.
class TrainingStore : public TaskStore,
                      public ItemStore,
                      public SnapshotStore,
                      public RunStore,
                      public ModelStore,
                      public BackboneStore {
 public:
  // Grows whenever anything was committed, by this process or another: a watcher polls it cheaply.
  virtual std::int64_t change_counter() = 0;
  // The blobs that are referred to: pictures of items as they are now and as snapshots hold them, archives of versions.
  // In no order, perhaps twice. Contents that were replaced and are in no snapshot keep no picture.
  virtual std::vector<Digest> list_blobs() = 0;
};

// People. Hardened and apart; sign-in comes with the pages. Now: who acts on the command line.
class UserStore {
 public:
  virtual ~UserStore() = default;
  virtual std::int64_t ensure_operator(std::string_view name, std::int64_t now_ms) = 0;
};

struct LogEvent {
  std::int64_t time_ms = 0;
  std::string kind;  // "import", "promotion", "certification", ...
  std::string task;
  std::string actor;
  std::string detail;  // JSON
};

// What happened, for people and alerts. Append-only.
class LogStore {
 public:
  virtual ~LogStore() = default;
  virtual void add_event(const LogEvent& event) = 0;
  virtual std::vector<LogEvent> list_events(std::string_view kind, std::size_t limit) = 0;  // newest first; "" all
};

}  // namespace aisle
