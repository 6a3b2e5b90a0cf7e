// What two neighbouring tokens of BPE merge into: a flat hash table, read-only once it is filled.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace aisle::subword {

class MergeTable {
 public:
  struct Entry {
    std::uint64_t pair = kFree;
    std::uint32_t rank = 0;
    std::int32_t id = 0;  // of what they become
  };

  explicit MergeTable(std::size_t merges) : entries_(std::bit_ceil(2 * merges + 2)) {
    shift_ = 64 - std::countr_zero(entries_.size());
  }

  // The later rank replaces the earlier.
  void add(std::int32_t left, std::int32_t right, std::uint32_t rank, std::int32_t id) {
    entries_[place(key(left, right))] = {key(left, right), rank, id};
  }

  // nullptr: they do not merge.
  const Entry* find(std::int32_t left, std::int32_t right) const {
    const Entry& entry = entries_[place(key(left, right))];
    return entry.pair == kFree ? nullptr : &entry;
  }

 private:
  static constexpr std::uint64_t kFree = 0xFFFFFFFFFFFFFFFF;  // ids are not negative

  static std::uint64_t key(std::int32_t left, std::int32_t right) {
    return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint32_t>(right);
  }

  // Fibonacci hashing (Knuth, volume 3, 6.4), then the next cells.
  std::size_t place(std::uint64_t pair) const {
    std::size_t at = (pair ^ pair >> 29) * 0x9E3779B97F4A7C15 >> shift_;
    while (entries_[at].pair != pair && entries_[at].pair != kFree) at = (at + 1) & (entries_.size() - 1);
    return at;
  }

  std::vector<Entry> entries_;
  int shift_ = 0;
};

}  // namespace aisle::subword
