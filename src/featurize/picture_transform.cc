#include "featurize/picture_transform.h"

#include <cmath>
#include <string>

#include "core/error.h"
#include "domain/limits.h"

namespace aisle {

void check(const PictureTransform& transform) {
  check(transform.frame);
  for (std::size_t c = 0; c < transform.mean.size(); ++c) {
    const float mean = transform.mean[c], deviation = transform.deviation[c];
    if (std::isfinite(mean) && std::isfinite(deviation) && deviation > 0) continue;
    throw Error(ErrorCode::kInvalidArgument, "a picture's channel has the mean " + std::to_string(mean) +
                                                 " and the deviation " + std::to_string(deviation) +
                                                 "; they must be finite, the deviation over 0");
  }
}

PicturePreparer::PicturePreparer(const PictureLibrary& library, const PictureTransform& transform)
    : library_(library), transform_(transform), values_{} {
  check(transform);
  for (std::size_t c = 0; c < values_.size(); ++c) {
    for (std::size_t byte = 0; byte < values_[c].size(); ++byte)
      values_[c][byte] = (static_cast<float>(byte) / 255.0F - transform.mean[c]) / transform.deviation[c];
  }
}

std::size_t PicturePreparer::size() const {
  return std::size_t{3} * static_cast<std::size_t>(transform_.frame.width) *
         static_cast<std::size_t>(transform_.frame.height);
}

PictureResult PicturePreparer::prepare(std::string_view bytes, std::span<float> tensor, Scratch& scratch) const {
  if (tensor.size() != size()) {
    throw Error(ErrorCode::kInvalidArgument, "a picture's tensor has " + std::to_string(size()) +
                                                 " values, but there is room for " + std::to_string(tensor.size()));
  }
  scratch.resize(size());
  PictureResult result =
      library_.render(bytes, {limits::kPictureBytes, limits::kPicturePixels}, transform_.frame, scratch);
  if (!result.info) return result;
  const std::size_t plane = size() / 3;
  for (std::size_t c = 0; c < 3; ++c)
    for (std::size_t i = 0; i < plane; ++i) tensor[c * plane + i] = values_[c][scratch[3 * i + c]];
  return result;
}

}  // namespace aisle
