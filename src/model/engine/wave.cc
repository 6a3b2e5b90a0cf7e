#include "model/engine/wave.h"

#include <algorithm>

#include "model/engine/onednn.h"

namespace aisle::engine {
namespace {

constexpr std::size_t kKeptBytes = std::size_t{256} << 20;  // of all workspaces that are not in use
constexpr std::size_t kKeptTeams = 4;
constexpr std::size_t kItemRoom = 16;

}  // namespace

std::unique_ptr<Workspace> WorkspacePool::take() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return std::make_unique<Workspace>();
  auto workspace = std::move(free_.back());
  free_.pop_back();
  kept_bytes_ -= workspace->size_bytes();
  return workspace;
}

void WorkspacePool::give(std::unique_ptr<Workspace> workspace) {
  const std::size_t bytes = workspace->size_bytes();
  const std::lock_guard lock(mutex_);
  if (kept_bytes_ + bytes > kKeptBytes) return;
  kept_bytes_ += bytes;
  free_.push_back(std::move(workspace));
}

std::unique_ptr<Team> WorkspacePool::take_team() {
  const std::lock_guard lock(mutex_);
  if (free_teams_.empty()) return std::make_unique<Team>();
  auto team = std::move(free_teams_.back());
  free_teams_.pop_back();
  return team;
}

void WorkspacePool::give(std::unique_ptr<Team> team) {
  const std::lock_guard lock(mutex_);
  if (free_teams_.size() < kKeptTeams) free_teams_.push_back(std::move(team));
}

Wave::Wave(const Plan& plan, WorkspacePool& pool, Range items, WaveThreads threads)
    : plan_(plan), pool_(pool), items_(items), threads_(threads), team_(pool.take_team()) {
  frame_.item_count = items.end - items.begin;
  frame_.item_rows = (frame_.item_count + kItemRoom - 1) / kItemRoom * kItemRoom;
  memory_.grow(std::max<std::size_t>(1, plan.item_bytes * frame_.item_rows));
  frame_.items = memory_.as<std::byte>();
}

Wave::~Wave() {
  pool_.give(std::move(team_));
}

void Wave::run_groups(const Batch& batch, const Steps& steps,
                      const std::function<void(Range, const Frame&)>& finish) const {
  if (steps.empty()) return;
  const std::vector<Range> groups = batch.groups(items_, threads_.count);
  const auto run = [&](std::size_t group, std::size_t members) {
    run_group(batch, groups[group], [&](const Frame& frame, Workspace& workspace) {
      run_steps(steps, frame, workspace, members);
      finish(groups[group], frame);
    });
  };
  // What would leave most of a team idle is shared by it.
  const std::size_t rest = groups.size() % threads_.count;
  const std::size_t alone = rest < threads_.team ? groups.size() - rest : groups.size();
  team_->share(alone, threads_.count, [&](std::size_t group) { run(group, 1); });
  for (std::size_t group = alone; group < groups.size(); ++group) run(group, threads_.team);
}

void Wave::watch_groups(const Batch& batch, const Steps& steps,
                        const std::function<void(std::size_t, const Frame&)>& what) const {
  const std::vector<Range> groups = batch.groups(items_, threads_.count);
  team_->share(groups.size(), threads_.count, [&](std::size_t group) {
    run_group(batch, groups[group], [&](const Frame& frame, Workspace& workspace) {
      std::vector<Scratch>& scratch = workspace.scratch;
      scratch.resize(std::max<std::size_t>(scratch.size(), 1));
      const OneThread one;
      for (std::size_t i = 0; i < steps.size(); ++i) {
        steps[i]->run(frame, {}, scratch[0]);
        what(i, frame);
      }
    });
  });
}

void Wave::run_group(const Batch& batch, Range group, const std::function<void(const Frame&, Workspace&)>& work) const {
  auto workspace = pool_.take();
  Frame frame = frame_;
  frame.first_item = group.begin - items_.begin;
  frame.item_count = group.end - group.begin;
  batch.prepare(group, *workspace, frame);
  workspace->inner.grow(std::max<std::size_t>(1, plan_.inner_bytes * frame.inner_rows));
  frame.inner = workspace->inner.as<std::byte>();
  work(frame, *workspace);
  pool_.give(std::move(workspace));
}

void Wave::run_items(const Steps& steps, const float* input) {
  if (steps.empty()) return;
  frame_.input = input;
  auto workspace = pool_.take();
  run_steps(steps, frame_, *workspace, frame_.item_count < threads_.count ? 1 : threads_.count);
  pool_.give(std::move(workspace));
}

void Wave::run_steps(const Steps& steps, Frame frame, Workspace& workspace, std::size_t members) const {
  std::vector<Scratch>& scratch = workspace.scratch;
  if (scratch.size() < members) scratch.resize(members);
  if (members == 1) {
    const OneThread one;
    for (const auto& step : steps) step->run(frame, {}, scratch[0]);
    return;
  }
  for (const auto& step : steps) workspace.shared.grow(step->shared_bytes(frame, members));
  frame.shared = workspace.shared.as<std::byte>();
  team_->run(members, [&](std::size_t member, std::size_t all, Barrier& barrier) {
    const OneThread one;
    const Share share = {member, all};
    for (const auto& step : steps) {
      if (step->shared_bytes(frame, all) > 0) {
        step->prepare(frame, share);
        if (!barrier.wait()) return;
      }
      step->run(frame, share, scratch[member]);
      if (!barrier.wait()) return;
    }
  });
}

}  // namespace aisle::engine
