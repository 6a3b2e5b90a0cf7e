#include "validate/flat_index.h"

#include <algorithm>

namespace aisle {

void FlatIndex::add(std::uint64_t key, std::uint32_t value, std::size_t max_values) {
  Segment& segment = segments_[key >> 56];
  if ((segment.used + 1) * 5 > segment.slots.size() * 4) grow(segment);
  const auto tag = static_cast<std::uint32_t>(key);
  std::size_t i = home(tag, segment.slots.size());
  std::size_t same = 0;
  for (; segment.slots[i].value != kEmpty; i = i + 1 == segment.slots.size() ? 0 : i + 1) {
    if (segment.slots[i].tag == tag && ++same >= max_values) return;
  }
  segment.slots[i] = {tag, value};
  ++segment.used;
  ++size_;
}

void FlatIndex::grow(Segment& segment) {
  // The first sizes spread over one step of growth: 64 to 72.
  const std::size_t first = 64 + static_cast<std::size_t>(&segment - segments_.data()) / 32;
  std::vector<Slot> larger(std::max(first, segment.slots.size() + segment.slots.size() / 8));
  // From behind the first gap, so that values of one key stay in the order they were added.
  const auto gap = std::ranges::find(segment.slots, kEmpty, &Slot::value);
  const std::size_t start = static_cast<std::size_t>(gap - segment.slots.begin());
  for (std::size_t k = 0; k < segment.slots.size(); ++k) {
    const Slot& slot = segment.slots[(start + k) % segment.slots.size()];
    if (slot.value == kEmpty) continue;
    std::size_t i = home(slot.tag, larger.size());
    while (larger[i].value != kEmpty) i = i + 1 == larger.size() ? 0 : i + 1;
    larger[i] = slot;
  }
  segment.slots.swap(larger);
}

std::size_t FlatIndex::memory_bytes() const {
  std::size_t bytes = sizeof *this;
  for (const Segment& segment : segments_) bytes += segment.slots.capacity() * sizeof(Slot);
  return bytes;
}

}  // namespace aisle
