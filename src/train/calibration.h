// Fits, on items that were held out, how logits become probabilities and probabilities become answers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/classifier.h"
#include "model/linear/top_scale.h"

namespace aisle {

// The temperature of p = softmax(logits / temperature) with the least log loss (Guo, Pleiss, Sun, Weinberger 2017),
// within [0.05, 20]. logits: [items, classes]; labels: [items]. 1 where there are no items.
double fit_temperature(std::span<const float> logits, std::size_t classes, std::span<const std::uint32_t> labels);

// How sure first answers of these probabilities really were. A prior of about one item keeps few items from bending
// much; changes nothing where all were right or all wrong. probabilities, right: [items].
TopScale fit_top_scale(std::span<const float> probabilities, std::span<const std::uint8_t> right);

// p = 1 / (1 + exp(-(slope * z + offset))) (Platt 1999, with his smoothed targets).
struct PlattScale {
  double slope = 1;
  double offset = 0;
};
// truths: [logits], 0 or 1. Falls back to {1, 0} where only one of them occurs.
PlattScale fit_platt(std::span<const float> logits, std::span<const std::uint8_t> truths);

// The lowest limit with which answers of at least that probability reach the wanted precision; above 1 where none does.
// probabilities, right: [items], of the top answers.
float fit_sure_limit(std::span<const float> probabilities, std::span<const std::uint8_t> right,
                     double wanted_precision);

// One limit a tag, for the highest micro F1. A tag with few positives stays near the common limit.
// probabilities, truths: [items, tags].
std::vector<float> fit_tag_limits(std::span<const float> probabilities, std::span<const std::uint8_t> truths,
                                  std::size_t tags);

}  // namespace aisle
