#include "storage/memory/training_store.h"

#include <algorithm>

#include "core/error.h"

namespace aisle::memory {

Run MemoryTrainingStore::start_run(std::int64_t task, const Run& run) {
  const std::scoped_lock lock(mutex_);
  TaskData& data = change(task);
  data.runs.push_back(run);
  data.runs.back().number = std::ssize(data.runs);
  data.runs.back().epochs.clear();
  return data.runs.back();
}

void MemoryTrainingStore::add_epoch(std::int64_t task, std::int64_t run, const EpochMetrics& epoch) {
  const std::scoped_lock lock(mutex_);
  auto& epochs = run_of(task, run).epochs;
  std::erase_if(epochs, [&](const EpochMetrics& known) { return known.epoch == epoch.epoch; });
  epochs.push_back(epoch);
  std::ranges::sort(epochs, {}, &EpochMetrics::epoch);
}

void MemoryTrainingStore::finish_run(std::int64_t task, const Run& run) {
  const std::scoped_lock lock(mutex_);
  Run& stored = run_of(task, run.number);
  stored.state = run.state;
  stored.failure = run.failure;
  stored.ended_ms = run.ended_ms;
  stored.train_seconds = run.train_seconds;
  stored.peak_memory_bytes = run.peak_memory_bytes;
}

std::vector<Run> MemoryTrainingStore::list_runs(std::int64_t task) {
  const std::scoped_lock lock(mutex_);
  std::vector<Run> runs(peek(task).runs.rbegin(), peek(task).runs.rend());
  for (Run& run : runs) run.epochs.clear();
  return runs;
}

std::optional<Run> MemoryTrainingStore::find_run(std::int64_t task, std::int64_t number) {
  const std::scoped_lock lock(mutex_);
  const auto& runs = peek(task).runs;
  if (number < 1 || number > std::ssize(runs)) return std::nullopt;
  return runs[static_cast<std::size_t>(number - 1)];
}

Run& MemoryTrainingStore::run_of(std::int64_t task, std::int64_t run) {
  auto& runs = change(task).runs;
  if (run < 1 || run > std::ssize(runs))
    throw Error(ErrorCode::kNotFound, "there is no run " + std::to_string(run) + "; `aisle runs list` shows them");
  return runs[static_cast<std::size_t>(run - 1)];
}

}  // namespace aisle::memory
