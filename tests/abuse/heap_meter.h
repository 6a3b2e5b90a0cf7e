// How much memory this process holds through operator new: a bound on it shows what grows with hostile input.
#pragma once

#include <cstddef>

namespace aisle::abuse {

// Bytes held now.
std::size_t heap_bytes();
// The most that was held since the last call of reset_heap_peak.
std::size_t heap_peak_bytes();
void reset_heap_peak();

}  // namespace aisle::abuse
