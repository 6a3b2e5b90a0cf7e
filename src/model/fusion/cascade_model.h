// Two models, one after the other (SPEC M14): the first, cheap one answers where it is sure enough; the rest goes to
// the second, dear one. Where the first knows nothing of an item the second is asked, and where only the first knows
// something its answer stands, however unsure it is.
//
// Sections: kind, card (with the limit), prior (f32 [K]), member.0 and member.1.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "model/archive.h"
#include "model/classifier.h"

namespace aisle {

inline constexpr std::string_view kCascadeKind = "cascade";

// How sure an answer is, [0, 1]: the first label's probability (category); the probability that every tag is decided
// right, if tags did not depend on each other (tags).
float confidence(TaskKind kind, std::span<const float> probabilities);

// A model as training hands it over. card.members: the two, then the members of each as "first.NAME" and "second.NAME".
struct CascadeParts {
  ModelCard card;
  float limit = 1;           // the first answers where its confidence is at least this; above 1: never
  std::vector<float> prior;  // [K]
  std::filesystem::path first, second;
};

void write_cascade_model(const CascadeParts& parts, const std::filesystem::path& path);

// kCorrupt where it does not fit together, or holds a cascade; kNotFound where a backbone is not there.
std::shared_ptr<const Classifier> open_cascade_model(Archive archive, EncoderSource& encoders, std::size_t depth);

}  // namespace aisle
