// A manifest's words on pictures as what prepares them.
#pragma once

#include "domain/backbone.h"
#include "featurize/picture_transform.h"

namespace aisle {

// kUnsupported for a filter that is not known, kInvalidArgument for sizes, means or deviations that cannot be.
PictureTransform transform_of(const PictureInput& input);

}  // namespace aisle
