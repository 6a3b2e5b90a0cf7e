// How much memory this process holds in all: also what C libraries take, which the heap meter does not see.
#pragma once

#include <cstddef>

namespace aisle::abuse {

// Starts to watch. False where the system does not let us.
bool reset_resident_peak();
// Bytes held at most since, and now.
std::size_t resident_peak();
std::size_t resident_now();

}  // namespace aisle::abuse
