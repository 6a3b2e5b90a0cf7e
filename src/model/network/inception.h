// Inception v3 (Szegedy et al. 2015) with torchvision's parameter names, without the auxiliary head, which only
// training uses. Google's weights want their own input, (x - 0.5) / 0.5; torchvision's `transform_input` does that
// outside.
#pragma once

#include "model/network/network.h"

namespace aisle::network {

// Input "pixels" [3, size, size]; outputs "features" [2048] and, unless classes is 0, "logits" from "fc".
Network build_inception_v3(std::int64_t classes, std::int64_t size = 299);

}  // namespace aisle::network
