// int8 of pictures. A convolution's bytes have one scale a value, which must be known beforehand: it is measured on
// pictures in f32 and kept with what was trained on the features.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/engine/lower.h"

namespace aisle::engine {

// The largest magnitude of each value, by the name of the operation that it is the result of.
using Ranges = std::map<std::string, float>;

// number = step * byte.
struct ByteScale {
  float step = 1;
  bool is_signed = false;  // int8, else uint8
};

// Of each node; those that are no pictures have none that counts. What a pool reads and writes, and what is joined, has
// one scale. kInvalidArgument names a value whose range is missing or no positive number.
std::vector<ByteScale> plan_bytes(const network::Network& network, const Lowered& lowered, const Ranges& ranges);

}  // namespace aisle::engine
