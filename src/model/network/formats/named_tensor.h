// What the readers of weight files give: views with their names, and the memory of what could not be viewed in place.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "model/network/tensor.h"

namespace aisle::network {

struct NamedTensor {
  std::string name;
  TensorView view;
};

struct TensorList {
  std::vector<NamedTensor> tensors;
  std::deque<std::vector<std::byte>> copies;  // of strided tensors, row-major; their views point here
};

}  // namespace aisle::network
