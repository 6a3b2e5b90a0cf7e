// Pictures to the features of a pretrained picture network.
#pragma once

#include <memory>

#include "featurize/picture_transform.h"
#include "model/encoder.h"
#include "model/engine/engine.h"

namespace aisle {

struct PictureEncoderParts {
  EncoderInfo info;
  std::shared_ptr<const PicturePreparer> preparer;
  std::shared_ptr<const engine::Engine> engine;  // its first output is "features"
};

// kCorrupt where features have another width than info says.
std::shared_ptr<const Encoder> make_picture_encoder(PictureEncoderParts parts);

// What int8 is calibrated with, measured by an engine in f32 on up to kCalibrationPictures of the files, those left out
// that cannot be read. kInvalidArgument where none can.
inline constexpr std::size_t kCalibrationPictures = 64;
engine::Ranges measure_ranges(const PicturePreparer& preparer, const engine::Engine& exact,
                              std::span<const std::string_view> files, std::size_t threads);

}  // namespace aisle
