#include "core/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

#include "core/error.h"
#include "core/progress.h"

namespace aisle {
namespace {

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
