#include "serve/batch_queue.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace aisle {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

const SteadyTime kStart = SteadyTime() + std::chrono::hours(1);
constexpr BatchBounds kBounds{.items = 4, .wait = microseconds(1000), .queue_items = 6, .queue_bytes = 100};

std::shared_ptr<Ticket> ticket(const std::string& text, SteadyTime deadline = SteadyTime::max()) {
  auto made = std::make_shared<Ticket>();
  made->item.texts = {text};
  made->deadline = deadline;
  return made;
}

// The texts of the next batch, joined.
std::string take(BatchQueue& queue, SteadyTime now) {
  std::vector<BatchQueue::Entry> batch;
  queue.take(now, batch);
  std::string texts;
  for (const auto& entry : batch) texts += entry.ticket->item.texts.front();
  return texts;
}

TEST(BatchQueue, P4_AnIdleModelAnswersAtOnce) {
  BatchQueue queue(kBounds);
  EXPECT_EQ(take(queue, kStart), "");
  EXPECT_EQ(queue.look_again(kStart), SteadyTime::max());
  queue.add(ticket("a"), Lane::kRequest, kStart);
  EXPECT_EQ(queue.look_again(kStart), kStart);
  EXPECT_EQ(take(queue, kStart), "a");
  queue.ended(kStart + milliseconds(5));
  queue.add(ticket("b"), Lane::kRequest, kStart + milliseconds(7));
  EXPECT_EQ(take(queue, kStart + milliseconds(7)), "b");
}

TEST(BatchQueue, P4_ABusyModelWaitsALittleForABatchToFillUp) {
  BatchQueue queue(kBounds);
  queue.ended(kStart);
  queue.add(ticket("a"), Lane::kRequest, kStart + microseconds(100));
  EXPECT_EQ(take(queue, kStart + microseconds(100)), "");
  EXPECT_EQ(queue.look_again(kStart + microseconds(100)), kStart + microseconds(1000));
  queue.add(ticket("b"), Lane::kRequest, kStart + microseconds(900));
  EXPECT_EQ(take(queue, kStart + microseconds(999)), "");
  EXPECT_EQ(take(queue, kStart + microseconds(1000)), "ab");
}

TEST(BatchQueue, P4_AFullBatchWaitsForNobody) {
  BatchQueue queue(kBounds);
  queue.ended(kStart);
  for (const char* text : {"a", "b", "c", "d", "e"}) queue.add(ticket(text), Lane::kRequest, kStart);
  EXPECT_EQ(queue.look_again(kStart), kStart);
  EXPECT_EQ(take(queue, kStart), "abcd");
  EXPECT_EQ(take(queue, kStart), "");
  EXPECT_EQ(take(queue, kStart + milliseconds(1)), "e");
}

TEST(BatchQueue, P4_RequestsGoBeforeStreamsWhichKeepAQuarter) {
  BatchQueue queue(kBounds);
  for (const char* text : {"1", "2", "3", "4", "5", "6"}) queue.add(ticket(text), Lane::kStream, kStart);
  for (const char* text : {"a", "b", "c", "d", "e"}) queue.add(ticket(text), Lane::kRequest, kStart);
  EXPECT_EQ(take(queue, kStart), "abc1");
  EXPECT_EQ(take(queue, kStart), "de23");
  EXPECT_EQ(take(queue, kStart), "456");
}

TEST(BatchQueue, P4_TheQueueIsBoundedInItemsAndBytes) {
  BatchQueue queue(kBounds);
  for (int i = 0; i < 6; ++i) queue.add(ticket("x"), Lane::kRequest, kStart);
  try {
    queue.add(ticket("x"), Lane::kRequest, kStart);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kOverloaded);
  }
  queue.add(ticket("x"), Lane::kStream, kStart);
  EXPECT_EQ(queue.size(), 7U);

  BatchQueue bytes(kBounds);
  bytes.add(ticket(std::string(90, 'x')), Lane::kRequest, kStart);
  EXPECT_THROW(bytes.add(ticket(std::string(11, 'x')), Lane::kRequest, kStart), Error);
  bytes.add(ticket(std::string(10, 'x')), Lane::kRequest, kStart);
  take(bytes, kStart);
  bytes.add(ticket(std::string(500, 'x')), Lane::kRequest, kStart);  // one is taken whatever its size
  EXPECT_EQ(bytes.size(), 1U);
}

TEST(BatchQueue, P4_WhatNobodyWaitsForTakesNoRoomAndIsNotBegun) {
  BatchQueue queue(kBounds);
  std::vector<std::shared_ptr<Ticket>> tickets;
  for (const char* text : {"a", "b", "c", "d", "e", "f"}) {
    tickets.push_back(ticket(text));
    queue.add(tickets.back(), Lane::kRequest, kStart);
  }
  EXPECT_TRUE(tickets[1]->drop());
  EXPECT_TRUE(tickets[2]->drop());
  queue.add(ticket("g"), Lane::kRequest, kStart);
  EXPECT_EQ(take(queue, kStart), "adef");
  EXPECT_FALSE(tickets[0]->drop());
  EXPECT_EQ(take(queue, kStart), "g");
}

TEST(BatchQueue, P4_WhatIsPastItsDeadlineIsNotBegun) {
  BatchQueue queue(kBounds);
  queue.add(ticket("late", kStart + milliseconds(10)), Lane::kRequest, kStart);
  queue.add(ticket("a", kStart + milliseconds(20)), Lane::kRequest, kStart);
  std::vector<std::shared_ptr<Ticket>> expired;
  queue.expire(kStart + milliseconds(9), expired);
  EXPECT_TRUE(expired.empty());
  queue.expire(kStart + milliseconds(10), expired);
  ASSERT_EQ(expired.size(), 1U);
  EXPECT_EQ(expired.front()->item.texts.front(), "late");
  EXPECT_EQ(take(queue, kStart + milliseconds(10)), "a");
}

}  // namespace
}  // namespace aisle
