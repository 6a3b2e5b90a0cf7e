#include "featurize/bucket_index.h"

namespace aisle {

std::vector<std::uint64_t> build_bucket_index(std::span<const std::uint32_t> buckets, std::uint32_t hash_bits) {
  std::vector<std::uint64_t> words(BucketIndex::words_for(hash_bits));
  for (const std::uint32_t bucket : buckets) words[bucket >> 5] |= std::uint64_t{1} << (bucket & 31);
  std::uint64_t before = 0;
  for (std::uint64_t& word : words) {
    const auto ones = static_cast<std::uint64_t>(std::popcount(word));
    word |= before << 32;
    before += ones;
  }
  return words;
}

}  // namespace aisle
