// Runs a program's steps over some items of a batch: group by group where values belong to a group, then what is left
// on the items' rows.
#pragma once

#include <functional>
#include <mutex>

#include "model/engine/batch.h"

namespace aisle::engine {

using Steps = std::vector<std::unique_ptr<Step>>;

// Workspaces and teams that no run uses at the moment; what is over their bounds is freed.
class WorkspacePool {
 public:
  std::unique_ptr<Workspace> take();
  void give(std::unique_ptr<Workspace> workspace);
  std::unique_ptr<Team> take_team();
  void give(std::unique_ptr<Team> team);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Workspace>> free_;
  std::vector<std::unique_ptr<Team>> free_teams_;
  std::size_t kept_bytes_ = 0;  // of free_
};

struct WaveThreads {
  std::size_t count = 1;  // at least 1
  std::size_t team = 1;   // of them, that may share a group
};

class Wave {
 public:
  Wave(const Plan& plan, WorkspacePool& pool, Range items, WaveThreads threads);
  ~Wave();
  Wave(const Wave&) = delete;
  Wave& operator=(const Wave&) = delete;

  // finish(group, frame) sees the inner values before their memory is used again. From several threads.
  void run_groups(const Batch& batch, const Steps& steps, const std::function<void(Range, const Frame&)>& finish) const;
  void run_items(const Steps& steps, const float* input);
  // Each group's steps on one thread, and after each of them what(step's number, frame). From several threads.
  void watch_groups(const Batch& batch, const Steps& steps,
                    const std::function<void(std::size_t, const Frame&)>& what) const;
  const Frame& frame() const { return frame_; }

 private:
  void run_group(const Batch& batch, Range group, const std::function<void(const Frame&, Workspace&)>& work) const;
  void run_steps(const Steps& steps, Frame frame, Workspace& workspace, std::size_t members) const;

  const Plan& plan_;
  WorkspacePool& pool_;
  Range items_;
  WaveThreads threads_;
  std::unique_ptr<Team> team_;
  Buffer memory_;
  Frame frame_;  // of all items
};

}  // namespace aisle::engine
