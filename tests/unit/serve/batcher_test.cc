#include "serve/batcher.h"

#include <gtest/gtest.h>

#include <algorithm>
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

  std::shared_ptr<const Classifier> model() const { return model_; }
  void release() { gate_.count_down(); }
  void wait_until_held() { held_.wait(); }
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
      held_.count_down();
      gate_.wait();
    }
    if (std::ranges::find(texts, "bad") != texts.end()) throw Error(ErrorCode::kInternal, "a bad item");
  }

  mutable std::mutex mutex_;
  std::vector<std::vector<std::string>> batches_;
  std::latch held_{1}, gate_{1};
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
  std::unique_ptr<Batcher> batcher_of(const Watched& watched, std::size_t queue_items = 100) {
    BatcherOptions options;
    options.bounds.wait = std::chrono::microseconds(0);
    options.bounds.queue_items = queue_items;
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
  Watched slow, quick, third;
  const auto slow_batcher = batcher_of(slow), quick_batcher = batcher_of(quick), third_batcher = batcher_of(third);
  Asked held("hold"), answered("games"), refused("games");
  slow_batcher->submit(held.ticket, Lane::kRequest);
  slow.wait_until_held();
  quick_batcher->submit(answered.ticket, Lane::kRequest);
  answered.wait();
  EXPECT_THROW(third_batcher->submit(refused.ticket, Lane::kRequest), Error);  // the fixture has two threads
  slow.release();
  held.wait();
}

TEST_F(BatcherTest, AnExplanationComesFromTheWorkerToo) {
  Watched watched;
  const auto batcher = batcher_of(watched);
  Asked one("games games");
  one.ticket->evidence = 5;
  batcher->submit(one.ticket, Lane::kStream);
  one.wait();
  ASSERT_EQ(one.ticket->explanation.evidence.size(), 1U);
  EXPECT_EQ(one.ticket->explanation.evidence.front().weight, 2);
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
