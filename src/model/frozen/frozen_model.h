// Logistic regression on the features of a frozen network: "sentence" on texts, "picture" on pictures. The file holds
// the regression alone and names the backbone by its digest; the network comes from the workspace and is shared by all
// models that use it.
//
// Sections: kind, card, weights (f32 [K, dimension]), classes (f32 [3, K]: slope, offset, prior). Score k = weights k *
// features; the regression's bias and the calibration are in slope and offset.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "model/archive.h"
#include "model/calibration.h"
#include "model/classifier.h"
#include "model/encoder.h"

namespace aisle {

inline constexpr std::string_view kSentenceKind = "sentence";
inline constexpr std::string_view kPictureKind = "picture";

// A model as training hands it over.
struct FrozenParts {
  ModelCard card;  // card.model is kSentenceKind or kPictureKind
  EncoderInfo encoder;
  std::vector<float> weights;  // [K, dimension]
  Calibration calibration;
  std::vector<float> prior;  // [K]
};

void write_frozen_model(const FrozenParts& parts, const std::filesystem::path& path);

// As they were written, without the encoder. kCorrupt where the arrays do not fit the card.
FrozenParts read_frozen_model(const Archive& archive);

// Opens its encoder too. kCorrupt where the arrays do not fit the card; kNotFound where the backbone is not there.
std::shared_ptr<const Classifier> open_frozen_model(Archive archive, EncoderSource& encoders);

}  // namespace aisle
