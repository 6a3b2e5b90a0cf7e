#include "model/engine/wave.h"

#include <algorithm>

#include "core/parallel.h"
#include "model/engine/onednn.h"

namespace aisle::engine {
namespace {

constexpr std::size_t kKeptWorkspaces = 8;
constexpr std::size_t kKeptBytes = std::size_t{256} << 20;  // of one workspace
constexpr std::size_t kItemRoom = 16;

}  // namespace

std::unique_ptr<Workspace> WorkspacePool::take() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return std::make_unique<Workspace>();
  auto workspace = std::move(free_.back());
  free_.pop_back();
  return workspace;
}

void WorkspacePool::give(std::unique_ptr<Workspace> workspace) {
  if (workspace->inner.size_bytes() > kKeptBytes) return;
  const std::lock_guard lock(mutex_);
  if (free_.size() < kKeptWorkspaces) free_.push_back(std::move(workspace));
}

Wave::Wave(const Plan& plan, WorkspacePool& pool, Range items, WaveThreads threads)
    : plan_(plan), pool_(pool), items_(items), threads_(threads) {
  frame_.item_count = items.end - items.begin;
  frame_.item_rows = (frame_.item_count + kItemRoom - 1) / kItemRoom * kItemRoom;
  memory_.grow(std::max<std::size_t>(1, plan.item_bytes * frame_.item_rows));
  frame_.items = memory_.as<std::byte>();
}

void Wave::run_groups(const Batch& batch, const Steps& steps,
                      const std::function<void(Range, const Frame&)>& finish) const {
  if (steps.empty()) return;
  const std::vector<Range> groups = batch.groups(items_, threads_.count);
  const auto run = [&](std::size_t group, std::size_t members) {
    run_group(batch, groups[group], [&](const Frame& frame, std::vector<Scratch>& scratch) {
      run_steps(steps, frame, scratch, members);
      finish(groups[group], frame);
    });
  };
  // What does not fill all threads any more is shared by them.
  const std::size_t alone = threads_.team > 1 ? groups.size() / threads_.count * threads_.count : groups.size();
  parallel_for(alone, threads_.count, [&](std::size_t group, std::size_t) { run(group, 1); });
  for (std::size_t group = alone; group < groups.size(); ++group) run(group, threads_.team);
}

void Wave::watch_groups(const Batch& batch, const Steps& steps,
                        const std::function<void(std::size_t, const Frame&)>& what) const {
  const std::vector<Range> groups = batch.groups(items_, threads_.count);
  parallel_for(groups.size(), threads_.count, [&](std::size_t group, std::size_t) {
    run_group(batch, groups[group], [&](const Frame& frame, std::vector<Scratch>& scratch) {
      scratch.resize(std::max<std::size_t>(scratch.size(), 1));
      const OneThread one;
      for (std::size_t i = 0; i < steps.size(); ++i) {
        steps[i]->run(frame, {}, scratch[0]);
        what(i, frame);
      }
    });
  });
}

void Wave::run_group(const Batch& batch, Range group,
                     const std::function<void(const Frame&, std::vector<Scratch>&)>& work) const {
  auto workspace = pool_.take();
  Frame frame = frame_;
  frame.first_item = group.begin - items_.begin;
  frame.item_count = group.end - group.begin;
  batch.prepare(group, *workspace, frame);
  workspace->inner.grow(std::max<std::size_t>(1, plan_.inner_bytes * frame.inner_rows));
  frame.inner = workspace->inner.as<std::byte>();
  work(frame, workspace->scratch);
  pool_.give(std::move(workspace));
}

void Wave::run_items(const Steps& steps, const float* input) {
  if (steps.empty()) return;
  frame_.input = input;
  auto workspace = pool_.take();
  run_steps(steps, frame_, workspace->scratch, frame_.item_count < threads_.count ? 1 : threads_.count);
  pool_.give(std::move(workspace));
}

void Wave::run_steps(const Steps& steps, const Frame& frame, std::vector<Scratch>& scratch, std::size_t members) const {
  if (scratch.size() < members) scratch.resize(members);
  if (members == 1) {
    const OneThread one;
    for (const auto& step : steps) step->run(frame, {}, scratch[0]);
    return;
  }
  run_team(members, [&](std::size_t member, std::size_t all, Barrier& barrier) {
    const OneThread one;
    for (const auto& step : steps) {
      step->run(frame, {member, all}, scratch[member]);
      barrier.wait();
    }
  });
}

}  // namespace aisle::engine
