// EfficientNet-Lite0 (Tan and Le 2019; the "lite" form of 2020 without squeeze-and-excitation, with ReLU6) with timm's
// parameter names.
#pragma once

#include "model/network/network.h"

namespace aisle::network {

// Weights that come from TensorFlow want its padding, which is not the same on both sides, and its epsilon; timm's own
// training (efficientnet_lite0.ra_in1k) used PyTorch's.
enum class EfficientNetOrigin : std::uint8_t { kTensorFlow, kPyTorch };

// Input "pixels" [3, size, size]; outputs "features" [1280] and, unless classes is 0, "logits" from "classifier".
Network build_efficientnet_lite0(std::int64_t classes, EfficientNetOrigin origin, std::int64_t size = 224);

}  // namespace aisle::network
