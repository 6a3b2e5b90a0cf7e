#include "core/printable.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace aisle {
namespace {

using namespace std::string_literals;

TEST(Printable, LeavesTextAsItIs) {
  EXPECT_EQ(printable("a caf\xC3\xA9\n\tand \xF0\x9F\x98\x80"), "a caf\xC3\xA9\n\tand \xF0\x9F\x98\x80");
  EXPECT_EQ(printable(""), "");
}

TEST(Printable, ReplacesBrokenBytesAndControls) {
  EXPECT_EQ(printable("a\xC3"), "a\xEF\xBF\xBD");
  EXPECT_EQ(printable("a\0b"s),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(printable("\x1B[31m"), "\xEF\xBF\xBD[31m");
  EXPECT_EQ(printable("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Printable, ErrorsAreAlwaysFitToBeShown) {
  const Error error(ErrorCode::kInvalidArgument, "no 'a\xFF\0b'"s, {{"column", "caf\xE9"}});
  EXPECT_EQ(describe(error),
            "no 'a\xEF\xBF\xBD\xEF\xBF\xBD"
            "b' (column caf\xEF\xBF\xBD)");
}

}  // namespace
}  // namespace aisle
