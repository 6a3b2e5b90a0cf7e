// Which buckets a model knows, and the row of each: a bitmap with ranks (Jacobson 1989). A word holds 32 buckets' bits
// and how many bits are set before it, so that a lookup reads one word.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace aisle {

// A view; the words belong to the model archive or to the builder.
class BucketIndex {
 public:
  static constexpr std::uint32_t kAbsent = 0xffffffff;

  BucketIndex() = default;
  explicit BucketIndex(std::span<const std::uint64_t> words) : words_(words) {}

  static constexpr std::size_t words_for(std::uint32_t hash_bits) { return std::size_t{1} << (hash_bits - 5); }

  // The row of `bucket`, or kAbsent. bucket < 32 * words. A hostile index may answer any row: compare before use.
  std::uint32_t row(std::uint32_t bucket) const {
    const std::uint64_t word = words_[bucket >> 5];
    const std::uint32_t bits = static_cast<std::uint32_t>(word);
    const std::uint32_t bit = std::uint32_t{1} << (bucket & 31);
    if ((bits & bit) == 0) return kAbsent;
    return static_cast<std::uint32_t>(word >> 32) + static_cast<std::uint32_t>(count_ones(bits & (bit - 1)));
  }

  void prefetch(std::uint32_t bucket) const { __builtin_prefetch(&words_[bucket >> 5]); }
  std::span<const std::uint64_t> words() const { return words_; }

 private:
  // std::popcount without the processor's instruction is a function call; this is not.
  static constexpr std::uint32_t count_ones(std::uint32_t bits) {
    bits -= (bits >> 1) & 0x55555555;
    bits = (bits & 0x33333333) + ((bits >> 2) & 0x33333333);
    return (((bits + (bits >> 4)) & 0x0f0f0f0f) * 0x01010101) >> 24;
  }

  std::span<const std::uint64_t> words_;
};

// Words of an index with the given buckets (ascending, distinct, each < 2^hash_bits); their rows are 0, 1, 2...
std::vector<std::uint64_t> build_bucket_index(std::span<const std::uint32_t> buckets, std::uint32_t hash_bits);

}  // namespace aisle
