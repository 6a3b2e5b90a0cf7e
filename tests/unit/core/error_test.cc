#include "core/error.h"

#include <gtest/gtest.h>

namespace aisle {
namespace {

TEST(Error, EveryCodeHasAName) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    const ErrorTraits& traits = error_traits(static_cast<ErrorCode>(code));
    EXPECT_FALSE(traits.name.empty()) << code;
    EXPECT_GE(traits.http_status, 400);
    EXPECT_GT(traits.exit_status, 0);
  }
  EXPECT_EQ(error_traits(ErrorCode::kInternal).name, "internal");
}

TEST(Error, F2_ExitStatusesAreThoseOfTheContract) {
  EXPECT_EQ(error_traits(ErrorCode::kUsage).exit_status, 2);
  EXPECT_EQ(error_traits(ErrorCode::kRejectedRows).exit_status, 3);
  EXPECT_EQ(error_traits(ErrorCode::kPromotionRefused).exit_status, 4);
  EXPECT_EQ(error_traits(ErrorCode::kNotFound).exit_status, 1);
}

TEST(Error, DescribesWhereItHappened) {
  const Error inner(ErrorCode::kInvalidArgument, "not a number", {{"column", "price"}});
  EXPECT_EQ(describe(inner.with("row", "12")), "not a number (column price, row 12)");
}

}  // namespace
}  // namespace aisle
