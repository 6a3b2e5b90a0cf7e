// A process that dies at any moment loses nothing that was acknowledged and leaves no half batch.
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>

#include <array>

#include "core/random.h"
#include "storage_support.h"

namespace aisle {
namespace {

constexpr int kRounds = 20;
constexpr int kBatchItems = 40;

std::string batch_name(int round, int batch) {
  return std::to_string(round) + "-" + std::to_string(batch);
}

// Writes batch after batch, and one byte to `pipe` for each that was acknowledged, until it is killed.
int write_batches(const std::filesystem::path& folder, int round, int pipe) {
  Workspace workspace = open_workspace(folder);
  const std::int64_t task = workspace.training->find_task("t")->id;
  for (int batch = 0;; ++batch) {
    workspace.training->put_items(task, small_batch(batch_name(round, batch), kBatchItems));
    if (::write(pipe, "x", 1) != 1) return 1;
    if (batch % 3 == 2) workspace.training->create_snapshot(task, batch);
  }
}

// How many batches the child acknowledged before it was killed, `wait_ms` after the first.
int kill_at_random(const std::filesystem::path& folder, int round, int wait_ms) {
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe(pipe.data()), 0);
  const pid_t child = start_child([&] { return write_batches(folder, round, pipe[1]); });
  ::close(pipe[1]);
  char byte = 0;
  int acknowledged = ::read(pipe[0], &byte, 1) == 1 ? 1 : 0;
  ::poll(nullptr, 0, wait_ms);
  ::kill(child, SIGKILL);
  exit_status_of(child);
  while (::read(pipe[0], &byte, 1) == 1) ++acknowledged;
  ::close(pipe[0]);
  return acknowledged;
}

int count_present(TrainingStore& store, std::int64_t task, const std::string& batch) {
  int present = 0;
  for (int i = 0; i < kBatchItems; ++i) present += store.find_item(task, batch + "-" + std::to_string(i)) ? 1 : 0;
  return present;
}

std::int64_t count_listed(TrainingStore& store, std::int64_t task, const ItemFilter& first) {
  ItemFilter filter = first;
  filter.limit = 1000;
  std::int64_t count = 0;
  for (auto page = store.list_items(task, filter); !page.empty(); page = store.list_items(task, filter)) {
    count += std::ssize(page);
    filter.after_id = page.back().id;
  }
  return count;
}

TEST(Crash, NothingAcknowledgedIsLostAndNoBatchIsHalf) {
  const TemporaryFolder folder;
  init_workspace(folder.path() / "ws");
  open_workspace(folder.path() / "ws").training->create_task(small_task());
  Random random(7);
  for (int round = 0; round < kRounds; ++round) {
    const int acknowledged = kill_at_random(folder.path() / "ws", round, static_cast<int>(random.below(25)));
    ASSERT_GT(acknowledged, 0);
    const Workspace workspace = open_workspace(folder.path() / "ws");
    TrainingStore& store = *workspace.training;
    const std::int64_t task = store.find_task("t")->id;
    for (int batch = 0; batch < acknowledged; ++batch)
      ASSERT_EQ(count_present(store, task, batch_name(round, batch)), kBatchItems);
    const int last = count_present(store, task, batch_name(round, acknowledged));
    ASSERT_TRUE(last == 0 || last == kBatchItems) << last;
    const std::int64_t certified = store.count_items(task).certified;
    ASSERT_EQ(count_listed(store, task, {}), certified);
    ASSERT_EQ(count_listed(store, task, {.state = {}, .label = "b"}), certified);
    ASSERT_EQ(store.list_labels(task).at(1).items, certified);
    ASSERT_EQ(store.create_snapshot(task, 1).items, certified);
  }
}

}  // namespace
}  // namespace aisle
