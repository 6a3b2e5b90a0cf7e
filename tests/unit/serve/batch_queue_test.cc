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

std::shared_ptr<Ticket> explained(const std::string& text) {
  auto made = ticket(text);
  made->evidence = 5;
  return made;
}

// The texts of the next batch, joined.
std::string take(BatchQueue& queue, SteadyTime now, std::size_t workers = 1) {
  BatchQueue::Batch batch;
  queue.take(now, workers, batch);
  std::string texts;
  for (const auto& entry : batch) texts += entry.ticket->item.texts.front();
  return texts;
}

void add(BatchQueue& queue, const std::string& texts, SteadyTime now, Lane lane = Lane::kRequest) {
  for (const char text : texts) queue.add(ticket(std::string(1, text)), lane, now);
}

TEST(BatchQueue, P4_AnIdleModelAnswersAtOnce) {
  BatchQueue queue(kBounds);
  EXPECT_EQ(take(queue, kStart), "");
  EXPECT_EQ(queue.look_again(kStart), SteadyTime::max());
  queue.add(ticket("a"), Lane::kRequest, kStart);
  EXPECT_EQ(queue.look_again(kStart), kStart);
  EXPECT_EQ(take(queue, kStart), "a");
  queue.ended(kStart + milliseconds(5), 1);
  queue.add(ticket("b"), Lane::kRequest, kStart + milliseconds(7));
  EXPECT_EQ(take(queue, kStart + milliseconds(7)), "b");
}

TEST(BatchQueue, P4_WhoAsksOneAfterTheOtherNeverWaits) {
  BatchQueue queue(kBounds);
  SteadyTime now = kStart;
  for (int i = 0; i < 5; ++i) {
    queue.add(ticket("a"), Lane::kRequest, now += microseconds(50));
    EXPECT_EQ(queue.look_again(now), now);
    EXPECT_EQ(take(queue, now), "a");
    queue.ended(now += milliseconds(5), 1);
  }
}

TEST(BatchQueue, P4_WhoWasAnsweredIsWaitedForALittle) {
  BatchQueue queue(kBounds);
  add(queue, "123", kStart);
  EXPECT_EQ(take(queue, kStart), "123");
  queue.ended(kStart, 3);
  add(queue, "a", kStart + microseconds(100));
  EXPECT_EQ(take(queue, kStart + microseconds(100)), "");
  EXPECT_EQ(queue.look_again(kStart + microseconds(100)), kStart + microseconds(1000));
  add(queue, "b", kStart + microseconds(900));
  EXPECT_EQ(take(queue, kStart + microseconds(999)), "");
  EXPECT_EQ(take(queue, kStart + microseconds(1000)), "ab");
  queue.ended(kStart + milliseconds(2), 2);
  add(queue, "cd", kStart + microseconds(2100));
  EXPECT_EQ(take(queue, kStart + microseconds(2100)), "cd");  // all are here again
}

TEST(BatchQueue, P4_NoItemWaitsForOthersLongerThanThatHoweverOftenABatchEnds) {
  BatchQueue queue({.items = 8, .wait = microseconds(1000)});
  add(queue, "12345678", kStart);
  EXPECT_EQ(take(queue, kStart, 2), "1234");
  EXPECT_EQ(take(queue, kStart, 2), "5678");
  queue.ended(kStart, 4);
  add(queue, "a", kStart + microseconds(200));
  queue.ended(kStart + microseconds(900), 4);
  EXPECT_EQ(take(queue, kStart + microseconds(1199)), "");
  EXPECT_EQ(queue.look_again(kStart + microseconds(1199)), kStart + microseconds(1200));
  EXPECT_EQ(take(queue, kStart + microseconds(1200)), "a");
}

TEST(BatchQueue, P4_WhoDoesNotAskAgainIsForgotten) {
  BatchQueue queue(kBounds);
  add(queue, "1234", kStart);
  take(queue, kStart);
  queue.ended(kStart, 4);
  add(queue, "a", kStart + milliseconds(3));
  EXPECT_EQ(take(queue, kStart + milliseconds(3)), "a");
  queue.ended(kStart + milliseconds(4), 1);
  add(queue, "b", kStart + milliseconds(4));
  EXPECT_EQ(take(queue, kStart + milliseconds(4)), "b");
}

TEST(BatchQueue, P4_AFullBatchWaitsForNobody) {
  BatchQueue queue(kBounds);
  add(queue, "1234", kStart);
  take(queue, kStart);
  add(queue, "abcde", kStart);
  queue.ended(kStart, 4);
  EXPECT_EQ(queue.look_again(kStart), kStart);
  EXPECT_EQ(take(queue, kStart), "abcd");
  EXPECT_EQ(take(queue, kStart), "");
  EXPECT_EQ(take(queue, kStart + milliseconds(1)), "e");
}

TEST(BatchQueue, P4_WorkersShareWhatWaits) {
  BatchQueue queue({.items = 32, .queue_items = 100});
  add(queue, "abcdefghijklmnop", kStart);
  EXPECT_EQ(take(queue, kStart, 2), "abcdefgh");
  EXPECT_EQ(take(queue, kStart, 2), "ijklmnop");
  add(queue, "123456", kStart);
  queue.ended(kStart, 8);
  EXPECT_EQ(take(queue, kStart + milliseconds(1), 2), "123456");  // the other is at eight
  queue.ended(kStart + milliseconds(2), 8);
  queue.ended(kStart + milliseconds(2), 6);
  EXPECT_EQ(queue.size(), 0U);
}

TEST(BatchQueue, P4_WhatIsToBeExplainedComesAloneAndByTurns) {
  BatchQueue queue(kBounds);
  queue.add(explained("S"), Lane::kStream, kStart);
  queue.add(explained("R"), Lane::kRequest, kStart);
  queue.add(explained("Q"), Lane::kRequest, kStart);
  add(queue, "abcdef", kStart, Lane::kStream);
  EXPECT_EQ(queue.size(), 9U);
  for (const char* expected : {"abcd", "R", "ef", "Q", "S", ""}) EXPECT_EQ(take(queue, kStart), expected);
  EXPECT_EQ(queue.size(), 0U);
}

TEST(BatchQueue, P4_WhatIsToBeExplainedIsBoundedAsOtherItemsAre) {
  BatchQueue queue(kBounds);
  std::vector<std::shared_ptr<Ticket>> tickets;
  for (int i = 0; i < 6; ++i) queue.add(tickets.emplace_back(explained("x")), Lane::kRequest, kStart);
  EXPECT_THROW(queue.add(ticket("x"), Lane::kRequest, kStart), Error);
  queue.add(explained("x"), Lane::kStream, kStart);
  EXPECT_TRUE(tickets[3]->drop());
  tickets[4]->deadline = kStart;
  queue.add(ticket("y"), Lane::kRequest, kStart);  // in the place of what nobody waits for
  std::vector<std::shared_ptr<Ticket>> expired;
  queue.expire(kStart, expired);
  EXPECT_EQ(expired, (std::vector{tickets[4]}));
  EXPECT_EQ(queue.size(), 6U);
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
