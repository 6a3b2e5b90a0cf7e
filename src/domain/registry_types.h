// Snapshots, runs and model versions: what was trained on what, and what is served.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/digest.h"
#include "domain/measures.h"

namespace aisle {

// An immutable training set: the certified items of a task at a moment, named by their digest.
struct Snapshot {
  std::int64_t number = 0;  // 1, 2, 3... of the task
  Digest digest;            // over (id, content, split) of its items by id
  std::int64_t items = 0, train = 0, validation = 0, test = 0;
  std::int64_t labels = 0;  // distinct
  std::int64_t created_ms = 0;
};

struct SnapshotDiff {
  std::vector<std::string> added, removed, changed;  // ids; the first `limit` of each
  std::int64_t added_count = 0, removed_count = 0, changed_count = 0;
};

struct EpochMetrics {
  int epoch = 0;  // from 1
  double train_loss = kUndefined;
  double validation_loss = kUndefined;
  double validation_score = kUndefined;  // weighted F1 (category) or micro F1 (tags)
  double seconds = 0;
};

enum class RunState { kRunning, kDone, kFailed, kCancelled };

using Parameters = std::vector<std::pair<std::string, std::string>>;  // as set and as defaulted, sorted by key

struct Run {
  std::int64_t number = 0;  // 1, 2, 3... of the task
  std::string model;        // "linear"
  RunState state = RunState::kRunning;
  std::string failure;  // why, when kFailed
  std::int64_t snapshot = 0;
  Parameters parameters;
  Parameters environment;  // code version, compiler, processor, threads
  std::uint64_t seed = 0;
  std::int64_t started_ms = 0, ended_ms = 0;
  double train_seconds = kUndefined;
  std::int64_t peak_memory_bytes = 0;
  std::vector<EpochMetrics> epochs;
};

struct ModelVersion {
  std::int64_t version = 0;  // 1, 2, 3... of the task, over all kinds of model
  std::string model;         // "linear"
  std::int64_t snapshot = 0;
  std::int64_t run = 0;
  std::string archive;  // blob digest (hex) of the model file
  std::int64_t model_bytes = 0;
  std::int64_t items = 0, classes = 0;  // of the test part
  Measures measures;                    // on the test part of its snapshot
  double train_seconds = kUndefined;
  std::int64_t peak_memory_bytes = 0;
  Parameters parameters;
  std::int64_t created_ms = 0;
  std::string actor;                 // who trained it
  std::vector<std::string> aliases;  // "production", "candidate"
};

// One change of the production alias; the newest is what is served.
struct Promotion {
  std::int64_t version = 0;
  std::int64_t previous = 0;  // 0: none
  std::string actor;          // who
  std::int64_t time_ms = 0;   // when
  std::string action;         // "first", "promote", "force", "rollback"
  std::string reason;         // the measures compared
};

}  // namespace aisle
