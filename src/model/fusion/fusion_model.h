// Several models that answer as one. "average": the mean of the members' class probabilities. "weighted": their
// weighted sum, weights fitted on held-out items. "concat": the members' features joined, a dense layer, softmax (or a
// sigmoid a tag). Whatever an item lacks, the model answers from the rest: an item with texts and a picture, one with
// texts alone and one with a picture alone are three cases, each with weights and a calibration of its own.
//
// Sections: kind, card, prior (f32 [K]), member.N (each a model file), case.C (f32: "average" and "weighted" [members]
// weights; "concat" [K, columns] dense weights; then [2, K]: slope, offset), and for "concat" standard (f32 [columns]
// mean, then a scale a member). The columns of a case are those of the members that it has, in their order.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "model/archive.h"
#include "model/calibration.h"
#include "model/classifier.h"
#include "model/fusion/mixture.h"

namespace aisle {

inline constexpr std::string_view kAverageKind = "average";
inline constexpr std::string_view kWeightedKind = "weighted";
inline constexpr std::string_view kConcatKind = "concat";

struct FusionCase {
  std::vector<float> weights;  // "average", "weighted": [members], at least 0; 0 for those that the case has not
  std::vector<float> dense;    // "concat": [K, columns]; the bias is in the calibration's offset
  Calibration calibration;     // of ln p, or of ln(p / (1 - p)) for tags; "concat": of the layer's scores
};

// "concat": a member's columns are its features, (value - mean) * scale; of a member without an encoder the logits of
// its probabilities.
struct FusionColumns {
  std::vector<float> mean;   // [all columns]
  std::vector<float> scale;  // [members]
};

// A model as training hands it over.
struct FusionParts {
  ModelCard card;
  std::vector<FusionCase> cases;  // index: Present; one, or three
  FusionColumns columns;
  std::vector<float> prior;                    // [K]
  std::vector<std::filesystem::path> members;  // their files
};

void write_fusion_model(const FusionParts& parts, const std::filesystem::path& path);

// kCorrupt where the arrays do not fit the card and the members; kNotFound where a backbone is not there.
std::shared_ptr<const Classifier> open_fusion_model(Archive archive, EncoderSource& encoders, std::size_t depth);

}  // namespace aisle
