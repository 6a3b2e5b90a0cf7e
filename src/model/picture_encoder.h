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

}  // namespace aisle
