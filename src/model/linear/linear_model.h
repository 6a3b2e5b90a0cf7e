// Multinomial logistic regression (category) or one logistic regression a tag (tags) over hashed TF-IDF n-grams. The
// weights are one row an n-gram, K contiguous int8 with a scale a row, used where the file is mapped.
//
// Sections: kind, card, index (u64, BucketIndex), idf and scale (f32 [rows]), weights (i8 [rows, padded K]),
// classes (f32 [3, K]: slope, offset, prior). Logit k = slope k * sum of weights + offset k; slope and offset hold the
// calibration.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "model/archive.h"
#include "model/classifier.h"
#include "model/linear/linear_card.h"

namespace aisle {

inline constexpr std::string_view kLinearKind = "linear";

// The arrays of a model as training hands them over.
struct LinearParts {
  LinearCard card;
  std::vector<std::uint64_t> index;
  std::vector<float> idf, scale;
  std::vector<std::int8_t> weights;
  std::vector<float> prior;  // [K]
};

void write_linear_model(const LinearParts& parts, const std::filesystem::path& path);

// kCorrupt where the arrays do not fit the card.
std::shared_ptr<const Classifier> open_linear_model(Archive archive);

}  // namespace aisle
