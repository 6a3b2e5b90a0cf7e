#include "cli/terminal_progress.h"

#include <gtest/gtest.h>

#include <sstream>

namespace aisle {
namespace {

TEST(TerminalProgress, F2_SaysRateAndTimeLeft) {
  EXPECT_EQ(progress_line({.stage = "importing a.csv", .done = 12'000, .total = 63'500, .unit = "items"}, 2),
            "importing a.csv  12,000 of 63,500 items  6,000/s  9 s left");
  EXPECT_EQ(progress_line({.stage = "reading", .done = 5'000'000, .total = 0, .unit = "bytes", .detail = "7 rows"}, 1),
            "reading  5.0 MB  5.0 MB/s  7 rows");
}

TEST(TerminalProgress, LeavesOutWhatCannotBeKnownYet) {
  EXPECT_EQ(progress_line({.stage = "epoch 1", .done = 0, .total = 10, .unit = "items"}, 0.1),
            "epoch 1  0 of 10 items");
}

TEST(TerminalProgress, EndsAnOpenLineBeforeAMessage) {
  std::ostringstream out;
  TerminalProgress progress(out, true);
  progress.message("done");
  EXPECT_EQ(out.str(), "done\n");
}

}  // namespace
}  // namespace aisle
