// A compact multimap from hashes to numbers, for millions of entries: open addressing in 256 segments, each of which
// grows by an eighth when it is four fifths full. The segments start with different sizes, so that they grow one
// after the other: 10.6 bytes an entry at any time, and growing copies 1/256 at a time.
// 40 bits of a key are kept: what is found must be checked against the thing itself.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace aisle {

// Not thread-safe while it is changed.
class FlatIndex {
 public:
  // Calls visit(value) for the values of `key` in the order they were added, until it returns true. Returns whether
  // it did.
  template <typename Visit>
  bool find(std::uint64_t key, Visit visit) const {
    const Segment& segment = segments_[key >> 56];
    if (segment.slots.empty()) return false;
    const auto tag = static_cast<std::uint32_t>(key);
    for (std::size_t i = home(tag, segment.slots.size());; i = i + 1 == segment.slots.size() ? 0 : i + 1) {
      const Slot& slot = segment.slots[i];
      if (slot.value == kEmpty) return false;
      if (slot.tag == tag && visit(slot.value)) return true;
    }
  }

  // Asks memory for what find(key) will look at: several keys at once cost hardly more than one.
  void prefetch(std::uint64_t key) const {
    const Segment& segment = segments_[key >> 56];
    if (!segment.slots.empty())
      __builtin_prefetch(&segment.slots[home(static_cast<std::uint32_t>(key), segment.slots.size())]);
  }

  // `key` is well mixed (mix64); `value` is below 2^32 - 1. Does nothing where the key has `max_values` already.
  void add(std::uint64_t key, std::uint32_t value, std::size_t max_values = SIZE_MAX);

  std::size_t size() const { return size_; }
  std::size_t memory_bytes() const;

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t value = kEmpty;
  };
  struct Segment {
    std::vector<Slot> slots;
    std::size_t used = 0;
  };
  static constexpr std::uint32_t kEmpty = UINT32_MAX;

  static std::size_t home(std::uint32_t tag, std::size_t slots) {
    return (static_cast<std::uint64_t>(tag) * slots) >> 32;
  }
  void grow(Segment& segment);

  std::array<Segment, 256> segments_;
  std::size_t size_ = 0;
};

}  // namespace aisle
