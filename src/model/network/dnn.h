// `dnn` (SPEC M2): two dense layers on a row of TF-IDF values. Learns from scratch.
#pragma once

#include "model/network/network.h"

namespace aisle::network {

struct DnnConfig {
  std::int64_t inputs = 10'000;  // values in the row
  std::int64_t hidden = 512;     // of the first layer; the second has half of it
  double dropout = 0.5;
  std::int64_t classes = 0;  // 0: no head
};

// Input "tfidf" [inputs]; outputs "features" [hidden / 2] and, with a head, "logits" from "fc".
Network build_dnn(const DnnConfig& config);

}  // namespace aisle::network
