#include "core/digest.h"

#include <gtest/gtest.h>

#include <set>

#include "core/error.h"
#include "core/ids.h"
#include "core/random.h"
#include "core/sha256.h"

namespace aisle {
namespace {

// Published value: BLAKE2b-256 of the empty string, and of "abc" (RFC 7693's algorithm, 32-byte output).
TEST(Digest, MatchesPublishedBlake2b256) {
  EXPECT_EQ(digest_of("").hex(), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  EXPECT_EQ(digest_of("abc").hex(), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

// FIPS 180-4's own example.
TEST(Digest, MatchesPublishedSha256) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, HexIsReadBackAndBadHexIsRefused) {
  const Digest digest = digest_of("aisle");
  EXPECT_EQ(Digest::from_hex(digest.hex()), digest);
  EXPECT_THROW(Digest::from_hex("12"), Error);
  EXPECT_THROW(Digest::from_hex(std::string(64, 'g')), Error);
}

TEST(Digest, FramingKeepsPartsApart) {
  Hasher first, second;
  first.add_framed("ab");
  first.add_framed("c");
  second.add_framed("a");
  second.add_framed("bc");
  EXPECT_NE(first.finish(), second.finish());
}

// Published value: XXH3 64 bits of the empty input, seed 0.
TEST(Hash64, MatchesPublishedXxh3) {
  EXPECT_EQ(hash64(""), 0x2d06800538d394c2ULL);
}

TEST(Random, RepeatsBySeedAndShufflesAPermutation) {
  std::vector<int> first = {1, 2, 3, 4, 5, 6, 7, 8}, second = first;
  Random(7).shuffle(std::span(first));
  Random(7).shuffle(std::span(second));
  EXPECT_EQ(first, second);
  EXPECT_EQ(std::set<int>(first.begin(), first.end()).size(), 8U);
}

TEST(Ids, AreDistinctVersion4) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(new_id());
  EXPECT_EQ(seen.size(), 1000U);
  EXPECT_EQ(seen.begin()->size(), 32U);
  EXPECT_EQ((*seen.begin())[12], '4');
}

}  // namespace
}  // namespace aisle
