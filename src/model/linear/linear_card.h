// What a linear model's file says beside its arrays.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "featurize/ngram_options.h"
#include "model/calibration.h"
#include "model/classifier.h"

namespace aisle {

struct LinearCard {
  ModelCard model;
  NgramOptions ngrams;
  Calibration calibration;  // slope and offset are arrays of the file
  std::size_t rows = 0;     // n-grams with weights
};

std::string to_json(const LinearCard& card);

// kCorrupt where something is missing, of another type or out of range.
LinearCard linear_card_from_json(std::span<const std::byte> bytes);

}  // namespace aisle
