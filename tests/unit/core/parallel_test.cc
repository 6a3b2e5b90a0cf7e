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
  EXPECT_THROW(parallel_for(100, 3, [](std::size_t i, std::size_t) { if (i == 5) throw std::runtime_error("five"); }), std::runtime_error);
}

TEST(CancelToken, ThrowsOnceCancelled) {
  CancelToken token;
  EXPECT_NO_THROW(token.check());
  token.cancel();
  EXPECT_THROW(token.check(), Error);
}

}  // namespace
}  // namespace aisle
