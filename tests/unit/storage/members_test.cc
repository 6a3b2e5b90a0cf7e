#include "storage/sql/members.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>

#include "storage/netstring.h"
#include "storage_support.h"

namespace aisle::sql {
namespace {

std::vector<Member> read_all(const std::string& bytes) {
  MemberReader reader(bytes);
  std::vector<Member> members;
  for (Member member; reader.next(member);) members.push_back(member);
  return members;
}

TEST(Members, ComeBackAsTheyWereWritten) {
  EXPECT_TRUE(rc::check([] {
    // Revisions are positive; the coding holds differences up to 2^60.
    const auto revisions =
        *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(1, std::int64_t{1} << 60));
    std::vector<Member> members;
    MemberWriter writer;
    for (const std::int64_t revision : revisions) {
      members.push_back({revision, static_cast<Split>(revision % 3)});
      writer.add(members.back());
    }
    RC_ASSERT(read_all(writer.bytes()) == members);
  }));
}

TEST(Members, OfOneImportTakeAByteEach) {
  MemberWriter writer;
  for (std::int64_t revision = 1000; revision < 2000; ++revision) writer.add({revision, Split::kTrain});
  EXPECT_LE(writer.bytes().size(), 1001U);
}

TEST(Members, DamagedBytesAreAnErrorOrMembersButNoCrash) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    const std::string error = error_of([&] { read_all(bytes); });
    RC_ASSERT(error.empty() || error.starts_with("corrupt: "));
  }));
  EXPECT_TRUE(error_of([] { read_all("\x80"); }).starts_with("corrupt: "));
  EXPECT_TRUE(error_of([] { read_all(std::string(20, '\xff')); }).starts_with("corrupt: "));
  EXPECT_TRUE(error_of([] { read_all("\x03"); }).starts_with("corrupt: "));
}

TEST(Netstrings, ComeBackAsTheyWereJoined) {
  EXPECT_EQ(join_netstrings(std::vector<std::string>{"hello", "", "a,b"}), "5:hello,0:,3:a,b,");
  EXPECT_TRUE(rc::check([](const std::vector<std::string>& parts) {
    std::vector<std::string> back = {"left", "over"};
    split_netstrings(join_netstrings(parts), back);
    RC_ASSERT(back == parts);
  }));
}

TEST(Netstrings, WhatIsDamagedIsRefused) {
  std::vector<std::string> parts;
  for (const char* text : {"5:hell,", "5:hello", "5hello,", ":a,", "-1:a,", "99999999999999999999:a,", "1:ab",
                           "18446744073709551615:a,"}) {
    EXPECT_TRUE(error_of([&] { split_netstrings(text, parts); }).starts_with("corrupt: ")) << text;
  }
}

}  // namespace
}  // namespace aisle::sql
