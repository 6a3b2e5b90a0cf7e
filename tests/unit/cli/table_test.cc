#include "cli/table.h"

#include <gtest/gtest.h>

#include <limits>

namespace aisle {
namespace {

TEST(Table, AlignsNumbersRightAndWordsLeftByCodePoints) {
  EXPECT_EQ(format_table({{"label", "items"}, {"été", "7"}, {"chaussures", "1200"}}),
            "label       items\n"
            "été             7\n"
            "chaussures   1200\n");
  EXPECT_EQ(format_table({}), "");
}

TEST(Table, ShowsUndefinedMeasuresAsADash) {
  EXPECT_EQ(format_measure(0.79521), "0.7952");
  EXPECT_EQ(format_measure(std::numeric_limits<double>::quiet_NaN()), "-");
}

TEST(Table, ShowsBytesInTheUnitPeopleRead) {
  EXPECT_EQ(format_bytes(840'000), "840 kB");
  EXPECT_EQ(format_bytes(27.66e6), "27.7 MB");
  EXPECT_EQ(format_bytes(1.5e9), "1.50 GB");
}

}  // namespace
}  // namespace aisle
