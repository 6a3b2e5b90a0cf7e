// `bigru` (SPEC M2): words as ids, read in both directions by gated recurrent units (Cho et al. 2014). Learns from
// scratch, on the first 50 words.
#pragma once

#include "model/network/network.h"

namespace aisle::network {

struct BigruConfig {
  std::int64_t vocabulary = 20'000;
  std::int64_t embedding = 512;
  std::int64_t hidden = 512;  // of each direction
  double dropout = 0.5;
  std::int64_t classes = 0;  // 0: no head
};

// Input "input_ids"; outputs "features" [2 * hidden] and, with a head, "logits" from "fc".
Network build_bigru(const BigruConfig& config);

}  // namespace aisle::network
