// What a network wants to see of a picture: how it is resized, cropped and sampled, as in training.
#pragma once

namespace aisle {

enum class PictureResize {
  kShortestSide,  // the shortest side becomes `resized`, the other one follows
  kSquash         // both sides become `resized`
};

enum class PictureFilter { kBilinear, kBicubic, kLanczos };  // as Pillow's, area-correct when a picture gets smaller

// The picture is resized, then width x height are cut from its centre.
struct PictureFrame {
  int width = 224;
  int height = 224;
  PictureResize resize = PictureResize::kShortestSide;
  int resized = 256;  // at least width and height
  PictureFilter filter = PictureFilter::kBilinear;

  bool operator==(const PictureFrame&) const = default;
};

// `resized` of a square network that was trained with a crop fraction (timm's crop_pct): 224 and 0.875 give 256.
int resized_side(int side, double crop_fraction);

// Throws kInvalidArgument, naming the value, where a side is not 1 to 4096 or the crop is larger than the picture.
void check(const PictureFrame& frame);

}  // namespace aisle
