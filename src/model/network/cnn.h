// `cnn` (SPEC M5): a small picture network that learns from scratch. Five times: a convolution, batch norm, ReLU, and
// half the size.
#pragma once

#include "model/network/network.h"

namespace aisle::network {

struct CnnConfig {
  std::int64_t size = 128;  // of the square picture
  double dropout = 0.3;
  std::int64_t classes = 0;  // 0: no head
};

// Input "pixels" [3, size, size]; outputs "features" [512] and, with a head, "logits" from "fc".
Network build_cnn(const CnnConfig& config);

}  // namespace aisle::network
