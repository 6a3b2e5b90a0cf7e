// Runs a program's steps over some items of a batch: group by group where values belong to a group, then what is left
// on the items' rows.
#pragma once

#include <functional>
#include <mutex>

#include "model/engine/batch.h"

namespace aisle::engine {

using Steps = std::vector<std::unique_ptr<Step>>;

// Workspaces that no run uses at the moment; what is over its bound is freed.
class WorkspacePool {
 public:
  std::unique_ptr<Workspace> take();
  void give(std::unique_ptr<Workspace> workspace);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Workspace>> free_;
};

struct WaveThreads {
  std::size_t count = 1;  // at least 1
  std::size_t team = 1;   // of them, that may share a group
};

class Wave {
 public:
  Wave(const Plan& plan, WorkspacePool& pool, Range items, WaveThreads threads);

  // finish(group, frame) sees the inner values before their memory is used again. From several threads.
  void run_groups(const Batch& batch, const Steps& steps, const std::function<void(Range, const Frame&)>& finish) const;
  void run_items(const Steps& steps, const float* input);
  // Each group's steps on one thread, and after each of them what(step's number, frame). From several threads.
  void watch_groups(const Batch& batch, const Steps& steps,
                    const std::function<void(std::size_t, const Frame&)>& what) const;
  const Frame& frame() const { return frame_; }

 private:
  void run_group(const Batch& batch, Range group,
                 const std::function<void(const Frame&, std::vector<Scratch>&)>& work) const;
  void run_steps(const Steps& steps, const Frame& frame, std::vector<Scratch>& scratch, std::size_t members) const;

  const Plan& plan_;
  WorkspacePool& pool_;
  Range items_;
  WaveThreads threads_;
  Buffer memory_;
  Frame frame_;  // of all items
};

}  // namespace aisle::engine
