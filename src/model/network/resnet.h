// Residual networks (He et al. 2015) with torchvision's parameter names; stride on the 3x3 convolution ("v1.5").
#pragma once

#include "model/network/network.h"

namespace aisle::network {

// Input "pixels" [3, size, size]; outputs "features" [512 or 2048] and, unless classes is 0, "logits" from "fc".
Network build_resnet18(std::int64_t classes, std::int64_t size = 224);
Network build_resnet50(std::int64_t classes, std::int64_t size = 224);

}  // namespace aisle::network
