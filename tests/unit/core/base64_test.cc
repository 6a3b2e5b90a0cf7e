#include "core/base64.h"

#include <gtest/gtest.h>

namespace aisle {
namespace {

// RFC 4648, section 10.
TEST(Base64, P4_DecodesTheStandardsExamples) {
  std::string out;
  for (const auto& [text, bytes] : {std::pair{"", ""},
                                    {"Zg==", "f"},
                                    {"Zm8=", "fo"},
                                    {"Zm9v", "foo"},
                                    {"Zm9vYg==", "foob"},
                                    {"Zm9vYmE=", "fooba"},
                                    {"Zm9vYmFy", "foobar"}}) {
    ASSERT_TRUE(decode_base64(text, out)) << text;
    EXPECT_EQ(out, bytes);
  }
}

TEST(Base64, P4_ForgivesLineBreaksAndMissingPadding) {
  std::string out;
  ASSERT_TRUE(decode_base64("Zm9v\r\nYmFy\n", out));
  EXPECT_EQ(out, "foobar");
  ASSERT_TRUE(decode_base64("Zm9vYg", out));
  EXPECT_EQ(out, "foob");
}

TEST(Base64, P4_RefusesWhatIsNoBase64) {
  std::string out;
  for (const char* text : {"Zm9*", "Zm9vY", "====", "Zm9v=Zm9v", "\xff\xfe"})
    EXPECT_FALSE(decode_base64(text, out)) << text;
}

}  // namespace
}  // namespace aisle
