// The `--set` keys of the linear model.
#pragma once

#include <cstdint>
#include <span>

#include "train/trainer.h"

namespace aisle {

struct LinearOptions {
  std::uint32_t epochs = 0;  // 0: chosen
  double learning_rate = 0;  // 0: chosen
  std::uint32_t word_ngrams = 2;
  bool choose_chars = true;  // char_ngrams=auto: by the size of the data
  std::uint32_t char_min = 0, char_max = 0;
  bool by_field = true;
  bool balance_fields = true;
  std::uint32_t hash_bits = 0;  // 0: chosen
  std::uint32_t min_items = 0;  // 0: chosen; an n-gram of fewer items is dropped
  bool class_weights = false;
  double prune = 0.1;  // share of n-grams
  double wanted_precision = 0.9;
  std::uint64_t max_memory_mb = 1024;
  std::uint64_t max_model_mb = 32;
  std::uint32_t batch = 0;  // 0: chosen
};

std::span<const OptionSpec> linear_option_specs();

// Throws kInvalidArgument with the key and the range.
LinearOptions parse_linear_options(const Parameters& parameters);

}  // namespace aisle
