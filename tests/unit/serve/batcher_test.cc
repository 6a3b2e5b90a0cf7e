#include "serve/batcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <future>
#include <latch>
#include <mutex>

#include "core/error.h"
#include "support/fake_models.h"

namespace aisle {
namespace {

using tests::DearClassifier;

// A model whose batches can be held, and that keeps what it was asked.
class Watched {
 public:
  explicit Watched(std::size_t batch = 8)
      : model_(std::make_shared<DearClassifier>(batch, [this](auto views) { see(views); })) {}

  std::shared_ptr<const DearClassifier> model() const { return model_; }
  void release() { gate_.count_down(); }
  void wait_until_held(int times = 1) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_ >= times; });
  }
  std::vector<std::vector<std::string>> batches() const {
    const std::lock_guard lock(mutex_);
    return batches_;
  }

 private:
  void see(std::span<const ItemView> views) {
    std::vector<std::string> texts;
    for (const ItemView& one : views) texts.push_back(one.texts.front());
    {
      const std::lock_guard lock(mutex_);
      batches_.push_back(texts);
    }
    if (std::ranges::find(texts, "hold") != texts.end()) {
      {
        const std::lock_guard lock(mutex_);
        ++held_;
      }
      changed_.notify_all();
      gate_.wait();
    }
    if (std::ranges::find(texts, "bad") != texts.end()) throw Error(ErrorCode::kInternal, "a bad item");
  }

  mutable std::mutex mutex_;
  std::vector<std::vector<std::string>> batches_;
  std::condition_variable changed_;
  int held_ = 0;
  std::latch gate_{1};
  std::shared_ptr<const DearClassifier> model_;
};

// A ticket and the end of its waiting.
struct Asked {
  explicit Asked(const std::string& text) {
    ticket->item.texts = {text};
    ticket->wake.set([promise = promise] { promise->set_value(); });
  }
  void wait() { done.wait(); }
  std::shared_ptr<Ticket> ticket = std::make_shared<Ticket>();
  std::shared_ptr<std::promise<void>> promise = std::make_shared<std::promise<void>>();
  std::future<void> done = promise->get_future();
};

class BatcherTest : public testing::Test {
 protected:
  std::unique_ptr<Batcher> batcher_of(const Watched& watched, std::size_t queue_items = 100, std::size_t workers = 1) {
    BatcherOptions options;
    options.bounds.wait = std::chrono::microseconds(0);
    options.bounds.queue_items = queue_items;
    options.workers = workers;
    return std::make_unique<Batcher>(watched.model(), options, metrics_.queue("apps", 1), threads_);
  }
  Metrics metrics_{{}};
  WorkerThreads threads_{2};
};

TEST_F(BatcherTest, P4_WhatWaitsIsAnsweredTogetherAndEachGetsItsOwnAnswer) {
  Watched watched;
  const auto batcher = batcher_of(watched);
  Asked first("hold");
  batcher->submit(first.ticket, Lane::kRequest);
  watched.wait_until_held();
  std::vector<Asked> others;
  for (const char* text : {"games", "network", "science games games games"}) others.emplace_back(text);
  for (Asked& one : others) batcher->submit(one.ticket, Lane::kRequest);
  watched.release();
  for (Asked& one : others) one.wait();
  ASSERT_EQ(watched.batches().size(), 2U);
  EXPECT_EQ(watched.batches()[1].size(), 3U);
  // One more than the word's count, divided by the sum of all three labels.
  EXPECT_FLOAT_EQ(others[0].ticket->prediction.labels.front().probability, 2.0F / 4);
  EXPECT_EQ(others[1].ticket->prediction.labels.front().label, 1U);
  EXPECT_FLOAT_EQ(others[2].ticket->prediction.labels.front().probability, 4.0F / 7);
  first.wait();
  const QueueMetrics metrics = metrics_.queue("apps", 1);
  EXPECT_EQ(metrics.batch_items.read().sum, 4);
  EXPECT_EQ(metrics.batch_items.read().counts[0], 1U);  // of one
  EXPECT_EQ(metrics.batch_items.read().counts[2], 1U);  // of three or four
  EXPECT_EQ(metrics.waiting.value(), 0);
}

TEST_F(BatcherTest, P4_ABadItemFailsAlone) {
  Watched watched;
  const auto batcher = batcher_of(watched);
  Asked first("hold"), good("games"), bad("bad"), other("network");
  batcher->submit(first.ticket, Lane::kRequest);
  watched.wait_until_held();
  for (Asked* one : {&good, &bad, &other}) batcher->submit(one->ticket, Lane::kRequest);
  watched.release();
  for (Asked* one : {&good, &bad, &other}) one->wait();
  EXPECT_FALSE(good.ticket->failure);
  EXPECT_EQ(good.ticket->prediction.labels.front().label, 0U);
  EXPECT_THROW(std::rethrow_exception(bad.ticket->failure), Error);
  EXPECT_EQ(other.ticket->prediction.labels.front().label, 1U);
  first.wait();
}

TEST_F(BatcherTest, P4_AFullQueueRefusesAndCounts) {
  Watched watched;
  const auto batcher = batcher_of(watched, 1);
  Asked first("hold"), waiting("games"), refused("network");
  batcher->submit(first.ticket, Lane::kRequest);
  watched.wait_until_held();
  batcher->submit(waiting.ticket, Lane::kRequest);
  EXPECT_THROW(batcher->submit(refused.ticket, Lane::kRequest), Error);
  EXPECT_EQ(metrics_.queue("apps", 1).refused.value(), 1U);
  watched.release();
  first.wait();
  waiting.wait();
}

TEST_F(BatcherTest, P4_WhatIsTooLateOrWantedByNobodyIsNotComputed) {
  Watched watched;
  const auto batcher = batcher_of(watched);
  Asked first("hold"), late("late"), dropped("dropped"), last("last");
  late.ticket->deadline = std::chrono::steady_clock::now();
  batcher->submit(first.ticket, Lane::kRequest);
  watched.wait_until_held();
  for (Asked* one : {&late, &dropped, &last}) batcher->submit(one->ticket, Lane::kRequest);
  EXPECT_TRUE(dropped.ticket->drop());
  batcher->expire(std::chrono::steady_clock::now());
  late.wait();  // though the worker is held
  try {
    std::rethrow_exception(late.ticket->failure);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kOverloaded);
  }
  watched.release();
  last.wait();
  first.wait();
  EXPECT_EQ(watched.batches(), (std::vector<std::vector<std::string>>{{"hold"}, {"last"}}));
  EXPECT_EQ(metrics_.queue("apps", 1).expired.value(), 1U);
}

TEST_F(BatcherTest, P4_OneModelThatHangsHoldsUpNoOtherAndThreadsAreBounded) {
  Watched greedy, quick, third;
  const auto greedy_batcher = batcher_of(greedy, 100, 5);
  const auto quick_batcher = batcher_of(quick), third_batcher = batcher_of(third);
  std::vector<Asked> held;
  for (int i = 0; i < 2; ++i) {
    held.emplace_back("hold");
    greedy_batcher->submit(held.back().ticket, Lane::kRequest);
    greedy.wait_until_held(i + 1);
  }
  Asked waits("games");
  greedy_batcher->submit(waits.ticket, Lane::kRequest);  // the fixture has two threads, and each model its first one
  for (Batcher* other : {quick_batcher.get(), third_batcher.get()}) {
    Asked answered("games");
    other->submit(answered.ticket, Lane::kRequest);
    answered.wait();
    EXPECT_FALSE(answered.ticket->failure);
  }
  EXPECT_EQ(greedy.batches().size(), 2U);
  greedy.release();
  for (Asked& one : held) one.wait();
  waits.wait();
}

TEST_F(BatcherTest, P4_TwoWorkersShareWhatWaits) {
  Watched watched(32);
  const auto batcher = batcher_of(watched, 100, 2);
  std::vector<Asked> asked;
  for (int i = 0; i < 2; ++i) {
    asked.emplace_back("hold");
    batcher->submit(asked.back().ticket, Lane::kRequest);
    watched.wait_until_held(i + 1);
  }
  for (int i = 0; i < 16; ++i) asked.emplace_back("games");
  for (auto one = asked.begin() + 2; one != asked.end(); ++one) batcher->submit(one->ticket, Lane::kRequest);
  watched.release();
  for (Asked& one : asked) one.wait();
  std::size_t items = 0;
  const auto batches = watched.batches();
  for (const auto& batch : batches) {
    items += batch.size();
    EXPECT_LE(batch.size(), 9U);  // the first to come sees sixteen and one under way
  }
  EXPECT_EQ(items, 18U);
}

TEST_F(BatcherTest, P4_AModelThatIsAloneUsesAllCores) {
  Watched watched;
  const auto batcher = batcher_of(watched, 100, 2);
  Asked first("hold"), second("hold");
  batcher->submit(first.ticket, Lane::kRequest);
  watched.wait_until_held();
  batcher->submit(second.ticket, Lane::kRequest);
  watched.wait_until_held(2);
  watched.release();
  first.wait();
  second.wait();
  EXPECT_EQ(watched.model()->threads(), (std::vector<std::size_t>{2, 1}));
}

TEST_F(BatcherTest, P4_WhereMemoryIsShortEveryItemIsToldSo) {
  Watched watched;
  const auto batcher = batcher_of(watched);
  watched.model()->fail_workers(true);
  Asked one("games"), later("games");
  batcher->submit(one.ticket, Lane::kRequest);
  one.wait();
  EXPECT_THROW(std::rethrow_exception(one.ticket->failure), std::bad_alloc);
  watched.model()->fail_workers(false);
  batcher->submit(later.ticket, Lane::kRequest);
  later.wait();
  EXPECT_FALSE(later.ticket->failure);
}

TEST_F(BatcherTest, P4_AnExplanationComesFromTheWorkerTooAndHoldsUpNoBatch) {
  Watched watched;
  const auto batcher = batcher_of(watched);
  Asked held("hold"), one("games games"), bad("bad"), other("network");
  one.ticket->evidence = bad.ticket->evidence = 5;
  batcher->submit(held.ticket, Lane::kStream);
  watched.wait_until_held();
  for (Asked* each : {&one, &bad, &other}) batcher->submit(each->ticket, Lane::kStream);
  watched.release();
  for (Asked* each : {&held, &one, &bad, &other}) each->wait();
  ASSERT_EQ(one.ticket->explanation.evidence.size(), 1U);
  EXPECT_EQ(one.ticket->explanation.evidence.front().weight, 2);
  EXPECT_THROW(std::rethrow_exception(bad.ticket->failure), Error);
  const std::vector<std::vector<std::string>> expected = {{"hold"}, {"games games"}, {"network"}, {"bad"}};
  EXPECT_EQ(watched.batches(), expected);
}

TEST_F(BatcherTest, W7_AModelThatIsGivenUpFinishesItsBatchAndIsFreed) {
  auto watched = std::make_unique<Watched>();
  const std::weak_ptr<const Classifier> model = watched->model();
  Asked held("hold");
  {
    auto batcher = batcher_of(*watched);
    batcher->submit(held.ticket, Lane::kRequest);
    watched->wait_until_held();
  }  // does not wait for the batch
  EXPECT_FALSE(held.ticket->is_done());
  watched->release();
  held.wait();
  EXPECT_FALSE(held.ticket->failure);
}

}  // namespace
}  // namespace aisle
