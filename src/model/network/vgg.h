// VGG with 16 layers (Simonyan and Zisserman 2014, configuration D) with torchvision's parameter names.
#pragma once

#include "model/network/network.h"

namespace aisle::network {

// Input "pixels" [3, size, size]; outputs "features" [512], the mean of the last convolutions' result, and, unless
// classes is 0, "logits" from the three layers of "classifier", which hold nine tenths of the parameters.
Network build_vgg16(std::int64_t classes, std::int64_t size = 224);

}  // namespace aisle::network
