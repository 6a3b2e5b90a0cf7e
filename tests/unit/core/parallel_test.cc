#include "core/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/error.h"
#include "core/progress.h"

namespace aisle {
namespace {

using namespace std::chrono_literals;

TEST(ParallelFor, VisitsEveryIndexOnce) {
  std::vector<std::atomic<int>> visits(1000);
  parallel_for(visits.size(), 4, [&](std::size_t i, std::size_t worker) {
    ASSERT_LT(worker, 4U);
    ++visits[i];
  });
  for (const auto& count : visits) EXPECT_EQ(count, 1);
}

TEST(ParallelFor, CarriesTheFirstExceptionOut) {
  EXPECT_THROW(parallel_for(100, 3,
                            [](std::size_t i, std::size_t) {
                              if (i == 5) throw std::runtime_error("five");
                            }),
               std::runtime_error);
}

TEST(ParallelPhases, BeginsAPhaseWhenAllPiecesOfTheOneBeforeHaveEnded) {
  constexpr std::size_t kPhases = 400, kPieces = 7;
  for (const std::size_t threads : {1U, 2U, 5U, 20U}) {
    std::vector<std::atomic<int>> ended(kPhases);
    std::atomic<int> early{0};
    parallel_phases(kPhases, kPieces, threads, [&](std::size_t phase, std::size_t piece) {
      if (phase > 0 && ended[phase - 1] != kPieces) ++early;
      if (phase % 100 == 0 && piece == 0) std::this_thread::sleep_for(2ms);  // the others stop spinning and wait
      ++ended[phase];
    });
    EXPECT_EQ(early, 0);
    for (const auto& count : ended) EXPECT_EQ(count, kPieces);
  }
  parallel_phases(0, kPieces, 2, [](std::size_t, std::size_t) { FAIL(); });
  parallel_phases(3, 0, 2, [](std::size_t, std::size_t) { FAIL(); });
}

// One thread lies still in its piece until all others of the phase have ended: they need nobody else.
TEST(ParallelPhases, AThreadThatLiesStillHoldsUpNoOtherPiece) {
  constexpr int kPieces = 50;
  std::atomic<int> ended{0};
  bool all = true;
  parallel_phases(1, kPieces, 2, [&](std::size_t, std::size_t piece) {
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    while (piece == 0 && ended < kPieces - 1 && (all = std::chrono::steady_clock::now() < give_up)) {
      std::this_thread::sleep_for(1ms);
    }
    ++ended;
  });
  EXPECT_TRUE(all);
}

TEST(ParallelPhases, CarriesTheFirstExceptionOutAndBeginsNoOtherPhase) {
  for (const std::size_t threads : {1U, 2U, 5U}) {
    std::atomic<int> late{0};
    EXPECT_THROW(parallel_phases(100, 10, threads,
                                 [&](std::size_t phase, std::size_t piece) {
                                   if (phase > 3) ++late;
                                   if (phase == 3 && piece == 4) throw Error(ErrorCode::kCorrupt, "four");
                                 }),
                 Error);
    EXPECT_EQ(late, 0);
  }
}

TEST(OrderedPipeline, GivesEveryPlaceInTheOrderItWasTaken) {
  for (const std::size_t threads : {1U, 2U, 5U}) {
    std::vector<int> places(threads * 2);
    std::vector<int> given;
    int next = 0;
    ordered_pipeline(
        threads, places.size(), [&](std::size_t slot) { return next < 2000 && (places[slot] = next++, true); },
        [&](std::size_t slot, std::size_t worker) {
          ASSERT_LT(worker, threads);
          places[slot] *= 3;
        },
        [&](std::size_t slot) { given.push_back(places[slot]); });
    ASSERT_EQ(given.size(), 2000U) << threads;
    for (int i = 0; i < 2000; ++i) ASSERT_EQ(given[static_cast<std::size_t>(i)], 3 * i);
  }
}

TEST(OrderedPipeline, CarriesExceptionsOutOfEveryPart) {
  for (int part = 0; part < 3; ++part) {
    std::atomic<int> taken{0};
    const auto fail_at = [&](int wanted) {
      if (part == wanted && taken > 20) throw std::runtime_error("part");
    };
    EXPECT_THROW(ordered_pipeline(
                     3, 6,
                     [&](std::size_t) {
                       fail_at(0);
                       return ++taken < 1000;
                     },
                     [&](std::size_t, std::size_t) { fail_at(1); }, [&](std::size_t) { fail_at(2); }),
                 std::runtime_error)
        << part;
  }
}

TEST(CancelToken, ThrowsOnceCancelled) {
  CancelToken token;
  EXPECT_NO_THROW(token.check());
  token.cancel();
  EXPECT_THROW(token.check(), Error);
}

}  // namespace
}  // namespace aisle
