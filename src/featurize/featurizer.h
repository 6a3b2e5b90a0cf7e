// The fitted object that training and serving share: n-grams to a sparse vector of sublinear TF-IDF weights,
// w = (1 + ln count) * idf (Manning, Raghavan, Schuetze 2008, chapter 6), each field scaled to the same length where
// fields are balanced, and the whole to length 1. N-grams that the model does not know do not count.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "featurize/bucket_index.h"
#include "featurize/ngram_extractor.h"

namespace aisle {

struct Feature {
  std::uint32_t row = 0;
  float weight = 0;
};

// idf of an n-gram in `frequency` of `items` texts, smoothed as scikit-learn does: ln((1 + items) / (1 + frequency))
// + 1.
float inverse_document_frequency(std::uint64_t items, std::uint64_t frequency);

// 1 + ln count.
float sublinear(std::uint32_t count);

class Featurizer {
 public:
  // idf: one a row. Borrows index and idf. kInvalidArgument where the index has not the size of options.hash_bits.
  Featurizer(const NgramOptions& options, BucketIndex index, std::span<const float> idf);

  const NgramExtractor& extractor() const { return extractor_; }
  // The row of a bucket, or BucketIndex::kAbsent; always below rows().
  std::uint32_t row(std::uint32_t bucket) const;
  std::size_t rows() const { return idf_.size(); }

  // Fills `out` (distinct rows) from the item's n-grams. Empty where no n-gram is known. Thread-safe.
  void featurize(const ItemView& item, NgramScratch& scratch, std::vector<Feature>& out) const;
  // The second half of featurize(), from extracted n-grams.
  void weigh(std::span<const Ngram> ngrams, std::span<const std::uint32_t> field_ends, std::vector<Feature>& out) const;

 private:
  float apply_idf(std::span<Feature> features) const;  // returns the sum of squares

  NgramExtractor extractor_;
  BucketIndex index_;
  std::span<const float> idf_;
};

}  // namespace aisle
