#include "workflow/picture_settings.h"

#include <algorithm>
#include <limits>

#include "core/error.h"

namespace aisle {
namespace {

PictureFilter filter_of(const std::string& name) {
  if (name == "bilinear") return PictureFilter::kBilinear;
  if (name == "bicubic") return PictureFilter::kBicubic;
  if (name == "lanczos") return PictureFilter::kLanczos;
  throw Error(ErrorCode::kUnsupported,
              "the interpolation '" + name.substr(0, 80) + "' is not built here; bilinear, bicubic and lanczos are");
}

// Too large stays too large: the frame's own check says so.
int side_of(std::int64_t value) {
  return static_cast<int>(std::clamp<std::int64_t>(value, 0, std::numeric_limits<int>::max()));
}

}  // namespace

PictureTransform transform_of(const PictureInput& input) {
  PictureTransform transform;
  transform.frame.width = transform.frame.height = side_of(input.size);
  transform.frame.resize = input.squash ? PictureResize::kSquash : PictureResize::kShortestSide;
  transform.frame.resized = side_of(input.resized);
  transform.frame.filter = filter_of(input.filter);
  for (std::size_t c = 0; c < transform.mean.size(); ++c) {
    transform.mean[c] = static_cast<float>(input.mean[c]);
    transform.deviation[c] = static_cast<float>(input.deviation[c]);
  }
  check(transform);
  return transform;
}

}  // namespace aisle
