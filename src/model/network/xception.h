// Xception (Chollet 2017) with the parameter names of timm's legacy_xception.
#pragma once

#include "model/network/network.h"

namespace aisle::network {

// Input "pixels" [3, size, size]; outputs "features" [2048] and, unless classes is 0, "logits" from "fc".
Network build_xception(std::int64_t classes, std::int64_t size = 299);

}  // namespace aisle::network
