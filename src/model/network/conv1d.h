// `conv1d` (SPEC M2): words as ids, two convolutions over them, the strongest answer of each filter (Kim 2014). Learns
// from scratch.
#pragma once

#include "model/network/network.h"

namespace aisle::network {

struct Conv1dConfig {
  std::int64_t vocabulary = 20'000;
  std::int64_t embedding = 128;
  std::int64_t filters = 256;
  std::int64_t kernel = 5;
  double dropout = 0.5;
  std::int64_t classes = 0;  // 0: no head
};

// Input "input_ids"; outputs "features" [filters] and, with a head, "logits" from "fc".
Network build_conv1d(const Conv1dConfig& config);

}  // namespace aisle::network
