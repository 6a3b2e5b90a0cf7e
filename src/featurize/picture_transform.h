// Pictures as a network's input: prepared as in its training, then normalised.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "picture/picture_frame.h"
#include "picture/picture_library.h"

namespace aisle {

struct PictureTransform {
  PictureFrame frame;
  // Of red, green, blue, where 0 is black and 1 is white: value = (colour - mean) / deviation.
  std::array<float, 3> mean = {0.485F, 0.456F, 0.406F};
  std::array<float, 3> deviation = {0.229F, 0.224F, 0.225F};

  bool operator==(const PictureTransform&) const = default;
};

// kInvalidArgument for a bad frame, or a deviation that is not over 0.
void check(const PictureTransform& transform);

// Immutable: any thread may call it, each with its own scratch.
class PicturePreparer {
 public:
  using Scratch = std::vector<std::uint8_t>;  // memory that is kept between calls

  // Throws what `check` throws. `library` outlives this.
  PicturePreparer(const PictureLibrary& library, const PictureTransform& transform);

  const PictureTransform& transform() const { return transform_; }
  // Floats of one picture: 3 * height * width.
  std::size_t size() const;

  // Writes tensor[(channel * height + y) * width + x], channels red, green, blue: one picture of an NCHW batch. A bad
  // picture has a reason and leaves the tensor undefined. Limits are those of limits.h. Throws what
  // PictureLibrary::render throws.
  PictureResult prepare(std::string_view bytes, std::span<float> tensor, Scratch& scratch) const;

 private:
  const PictureLibrary& library_;
  PictureTransform transform_;
  std::array<std::array<float, 256>, 3> values_;  // of a channel's byte
};

}  // namespace aisle
