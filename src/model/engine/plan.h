// Where each value of a program lies: values that do not live at the same time share memory.
#pragma once

#include <vector>

#include "model/engine/lower.h"
#include "model/engine/precision.h"

namespace aisle::engine {

// Three kinds of value, three pieces of memory. Inner values belong to one group (some texts packed together, or one
// picture, whose pixels are rows of channels); item values to the whole batch, a row an item.
enum class Space : std::uint8_t { kInput, kInner, kItems };

struct Slot {
  Space space = Space::kInput;
  std::size_t offset = 0;  // bytes: of a picture; texts: times the group's tokens; items: times the batch's items
  std::size_t width = 0;   // numbers: of a token, of an item, of a whole picture
};

struct Plan {
  std::vector<Slot> slots;      // of each node's value
  std::size_t inner_bytes = 0;  // of a picture, or for each token
  std::size_t item_bytes = 0;   // for each item
};

bool is_inner(const network::Shape& shape);

// What of a picture network stays float32 in narrower precisions too. Of each node.
struct Exactness {
  // Values: what exact convolutions make and what they alone read; what convolutions sum without an activation, which
  // shortcuts add up over many layers; what only means and rows are made of.
  std::vector<bool> wide;
  // Convolutions that compute so where their input lies so: the first, as all that follows suffers from its error; in
  // int8 the last, whose error nothing evens out, and depthwise ones, whose channels differ too much for one scale.
  std::vector<bool> computes;
};
Exactness find_exact(const Lowered& lowered, Precision precision);

// element_bytes: of each node's number, where it is a picture's. A residual of a convolution shares the convolution's
// place.
Plan plan_memory(const Lowered& lowered, const std::vector<std::size_t>& element_bytes);

}  // namespace aisle::engine
