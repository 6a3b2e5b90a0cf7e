#include "featurize/picture_transform.h"

#include <cmath>
#include <string>

#include "core/error.h"
#include "domain/limits.h"

namespace aisle {
namespace {

constexpr std::array<float, 3> kHalf = {0.5F, 0.5F, 0.5F};

struct Usual {
  std::string_view architecture;
  PictureTransform transform;
};

constexpr PictureTransform square(int side, int resized, PictureFilter filter) {
  return {.frame = {side, side, PictureResize::kShortestSide, resized, filter}};
}

// timm names its crop fractions: 0.8975 for xception, 0.875 for efficientnet_lite0. Inception's halves are what
// torchvision's `transform_input` makes of ImageNet's means inside of its model.
constexpr Usual kUsual[] = {
    {"resnet18", square(224, 256, PictureFilter::kBilinear)},
    {"resnet50", square(224, 256, PictureFilter::kBilinear)},
    {"vgg16", square(224, 256, PictureFilter::kBilinear)},
    {"inception_v3",
     {.frame = {299, 299, PictureResize::kShortestSide, 342, PictureFilter::kBilinear},
      .mean = kHalf,
      .deviation = kHalf}},
    {"xception",
     {.frame = {299, 299, PictureResize::kShortestSide, 333, PictureFilter::kBicubic},
      .mean = kHalf,
      .deviation = kHalf}},
    {"efficientnet_lite0", square(224, 256, PictureFilter::kBicubic)},
};

}  // namespace

std::optional<PictureTransform> usual_transform(std::string_view architecture) {
  for (const Usual& known : kUsual)
    if (known.architecture == architecture) return known.transform;
  return std::nullopt;
}

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
