// One pass of a compiled program over a group of rows, and what it works on.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "model/engine/linear.h"
#include "model/engine/plan.h"
#include "model/engine/team.h"

namespace aisle::engine {

// What a step sees: the group's input and the memory of all values.
struct Frame {
  // Texts of the group, packed: text t is ids[begins[t]] .. ids[begins[t + 1]].
  std::span<const std::int32_t> ids;
  std::span<const std::size_t> begins;
  // A picture [H, W, C], or the dense rows of the whole batch.
  const float* input = nullptr;

  std::byte* inner = nullptr;
  std::byte* items = nullptr;
  std::size_t inner_rows = 1;  // tokens there is room for; a picture: 1
  std::size_t item_rows = 0;   // items there is room for
  std::size_t first_item = 0;  // the group's first
  std::size_t item_count = 0;  // of the group; for item steps of the batch

  std::byte* shared = nullptr;  // what a step's preparation has made

  std::size_t texts() const { return begins.size() - 1; }

  template <typename T = float>
  T* at(const Slot& slot) const {
    if (slot.space == Space::kInput) return const_cast<T*>(reinterpret_cast<const T*>(input));
    std::byte* base = slot.space == Space::kInner ? inner + slot.offset * inner_rows : items + slot.offset * item_rows;
    return reinterpret_cast<T*>(base);
  }
  // The row of the group's item `i` among the batch's items.
  float* item(const Slot& slot, std::size_t i) const { return at(slot) + (first_item + i) * slot.width; }
};

// The part of a step that one thread does.
struct Share {
  std::size_t member = 0, members = 1;
  Range of(std::size_t count, std::size_t unit = 1) const { return share_of(count, member, members, unit); }
};

// Of one thread, kept between steps and runs.
struct Scratch {
  LinearScratch linear;
  Buffer numbers;

  std::size_t size_bytes() const {
    return numbers.size_bytes() + linear.input.size_bytes() + linear.scales.size_bytes() + linear.sums.size_bytes() +
           linear.library.size_bytes();
  }
};

class Step {
 public:
  virtual ~Step() = default;
  // What the members of a team make together before any of them runs: bytes of it, at frame.shared. 0: nothing.
  virtual std::size_t shared_bytes(const Frame&, std::size_t /*members*/) const { return 0; }
  virtual void prepare(const Frame&, const Share&) const {}
  virtual void run(const Frame& frame, const Share& share, Scratch& scratch) const = 0;
};

}  // namespace aisle::engine
