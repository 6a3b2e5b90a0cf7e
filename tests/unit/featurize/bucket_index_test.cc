#include "featurize/bucket_index.h"

#include <gtest/gtest.h>

#include "core/random.h"

namespace aisle {
namespace {

TEST(BucketIndex, RowsAreRanksOfTheKnownBuckets) {
  Random random(3);
  std::vector<std::uint32_t> buckets;
  for (std::uint32_t bucket = 0; bucket < 4096; ++bucket) {
    if (random.below(3) == 0) buckets.push_back(bucket);
  }
  const std::vector<std::uint64_t> words = build_bucket_index(buckets, 12);
  const BucketIndex index(words);
  std::uint32_t next = 0;
  for (std::uint32_t bucket = 0; bucket < 4096; ++bucket) {
    const bool known = next < buckets.size() && buckets[next] == bucket;
    EXPECT_EQ(index.row(bucket), known ? next : BucketIndex::kAbsent) << bucket;
    if (known) ++next;
  }
  EXPECT_EQ(next, buckets.size());
}

TEST(BucketIndex, KnowsNothingWhenEmpty) {
  const std::vector<std::uint64_t> words = build_bucket_index({}, 10);
  EXPECT_EQ(words.size(), BucketIndex::words_for(10));
  EXPECT_EQ(BucketIndex(words).row(1023), BucketIndex::kAbsent);
}

}  // namespace
}  // namespace aisle
