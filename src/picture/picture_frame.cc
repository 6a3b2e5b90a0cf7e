#include "picture/picture_frame.h"

#include <cmath>
#include <string>

#include "core/error.h"

namespace aisle {
namespace {

constexpr int kLongestSide = 4096;

void check_side(const char* name, int value) {
  if (value >= 1 && value <= kLongestSide) return;
  throw Error(ErrorCode::kInvalidArgument, std::string("the ") + name + " of a prepared picture is " +
                                               std::to_string(value) + "; it must be 1 to " +
                                               std::to_string(kLongestSide));
}

}  // namespace

int resized_side(int side, double crop_fraction) {
  if (!(crop_fraction > 0 && crop_fraction <= 1)) {
    throw Error(ErrorCode::kInvalidArgument,
                "the crop fraction is " + std::to_string(crop_fraction) + "; it must be over 0 and at most 1");
  }
  return static_cast<int>(std::floor(side / crop_fraction));
}

void check(const PictureFrame& frame) {
  check_side("width", frame.width);
  check_side("height", frame.height);
  check_side("resized side", frame.resized);
  if (frame.resized >= frame.width && frame.resized >= frame.height) return;
  throw Error(ErrorCode::kInvalidArgument, "a crop of " + std::to_string(frame.width) + " x " +
                                               std::to_string(frame.height) +
                                               " does not fit into a picture resized to " +
                                               std::to_string(frame.resized) + "; resize to more or crop less");
}

}  // namespace aisle
