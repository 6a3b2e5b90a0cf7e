// How texts become n-grams. Part of a model's card: training and serving read the same.
#pragma once

#include <cstdint>

namespace aisle {

struct NgramOptions {
  std::uint32_t fields = 1;       // 1-16; texts of an item beyond it are ignored
  std::uint32_t word_ngrams = 2;  // 1: words; 2: and pairs of neighbours; 3: and triples
  std::uint32_t char_min = 0;     // n-grams of char_min to char_max code points inside words; 0: none
  std::uint32_t char_max = 0;     // at most 8
  bool by_field = true;        // a word of a title is, beside the word, another feature than the same word of the body
  bool balance_fields = true;  // every field weighs the same, however short: a title as much as a long body
  std::uint32_t hash_bits = 24;  // 10-28; there are 2^hash_bits buckets
  std::uint64_t seed = 0;

  friend bool operator==(const NgramOptions&, const NgramOptions&) = default;
};

// Throws kInvalidArgument where a value is out of the ranges above.
void check(const NgramOptions& options);

}  // namespace aisle
