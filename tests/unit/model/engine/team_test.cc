#include "model/engine/team.h"

#include <gtest/gtest.h>

#include <array>
#include <new>
#include <set>
#include <system_error>

#include "core/error.h"

namespace aisle::engine {
namespace {

TEST(EngineTeam, M13_EveryMemberWorksOnceAndWaitsForTheOthers) {
  Team team;
  for (int round = 0; round < 50; ++round) {
    std::array<std::atomic<int>, 3> seen{};
    std::atomic<int> early = 0;
    team.run(3, [&](std::size_t member, std::size_t members, Barrier& barrier) {
      EXPECT_EQ(members, 3U);
      ++seen[member];
      EXPECT_TRUE(barrier.wait());
      if (seen[0] + seen[1] + seen[2] != 3) ++early;
    });
    EXPECT_EQ(seen[0] * seen[1] * seen[2], 1);
    EXPECT_EQ(early, 0);
  }
}

TEST(EngineTeam, M13_KeepsItsThreadsForTheNextRun) {
  int started = 0;
  Team team([&](std::function<void()> body) {
    ++started;
    return start_thread(std::move(body));
  });
  for (const std::size_t size : {2U, 3U, 2U, 1U, 3U}) {
    std::atomic<std::size_t> worked = 0;
    team.run(size, [&](std::size_t, std::size_t members, Barrier&) { worked += members; });
    EXPECT_EQ(worked, size * size);
  }
  EXPECT_EQ(started, 2);
}

TEST(EngineTeam, M13_OneThreadDoesAllWhereTheSystemHasNoMore) {
  int started = 0, alone = 0;
  Team team([&](std::function<void()> body) {
    if (++started == 2) throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    return start_thread(std::move(body));
  });
  team.run(3, [&](std::size_t member, std::size_t members, Barrier& barrier) {
    EXPECT_EQ(member, 0U);
    EXPECT_EQ(members, 1U);
    EXPECT_TRUE(barrier.wait());
    ++alone;
  });
  EXPECT_EQ(started, 2);
  EXPECT_EQ(alone, 1);
}

TEST(EngineTeam, M13_WhatCannotBeStartedHoldsNobodyUp) {
  int started = 0;
  Team team([&](std::function<void()> body) {
    if (++started == 2) throw std::bad_alloc();
    return start_thread(std::move(body));
  });
  EXPECT_THROW(team.run(3, [](std::size_t, std::size_t, Barrier&) {}), std::bad_alloc);
  std::atomic<int> worked = 0;
  team.run(3, [&](std::size_t, std::size_t, Barrier&) { ++worked; });
  EXPECT_EQ(worked, 3);
}

TEST(EngineTeam, M13_AMembersExceptionEndsTheTeamsWork) {
  Team team;
  for (const std::size_t failing : {0U, 1U}) {
    std::atomic<int> went_on = 0;
    const TeamBody body = [&](std::size_t member, std::size_t, Barrier& barrier) {
      if (member == failing) throw Error(ErrorCode::kInternal, "no");
      for (int step = 0; step < 1000; ++step) {
        if (!barrier.wait()) return;
        ++went_on;
      }
    };
    EXPECT_THROW(team.run(3, body), Error);
    EXPECT_EQ(went_on, 0);
  }
}

TEST(EngineTeam, M13_SharesPiecesUntilOneFails) {
  Team team;
  std::array<std::atomic<int>, 100> seen{};
  team.share(seen.size(), 3, [&](std::size_t i) { ++seen[i]; });
  for (const auto& one : seen) EXPECT_EQ(one, 1);
  team.share(0, 3, [&](std::size_t) { FAIL(); });
  std::atomic<int> begun = 0;
  const auto fail_at_once = [&](std::size_t) {
    ++begun;
    throw Error(ErrorCode::kInternal, "no");
  };
  EXPECT_THROW(team.share(100, 3, fail_at_once), Error);
  EXPECT_LE(begun, 3);
}

}  // namespace
}  // namespace aisle::engine
