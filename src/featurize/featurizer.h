// The fitted object that training and serving share: n-grams to a sparse vector of sublinear TF-IDF weights,
// w = (1 + ln count) * idf, scaled to length 1 (Manning, Raghavan, Schuetze 2008, chapter 6). An n-gram that the
// model does not know has no row but counts in the length, so that a strange text gets weak evidence.
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

// idf of an n-gram in `frequency` of `items` texts, smoothed as scikit-learn does: ln((1 + items) / (1 + frequency)) + 1.
float inverse_document_frequency(std::uint64_t items, std::uint64_t frequency);

// 1 + ln count.
float sublinear(std::uint32_t count);

class Featurizer {
 public:
  // idf: one a row. unknown_idf: what an unknown n-gram weighs in the length; 0: nothing. Borrows index and idf.
  Featurizer(const NgramOptions& options, BucketIndex index, std::span<const float> idf, float unknown_idf);

  const NgramExtractor& extractor() const { return extractor_; }
  // The row of a bucket, or BucketIndex::kAbsent; always below rows().
  std::uint32_t row(std::uint32_t bucket) const;
  std::size_t rows() const { return idf_.size(); }

  // Fills `out` (distinct rows) from the item's n-grams. Empty where no n-gram is known. Thread-safe.
  void featurize(const ItemView& item, NgramScratch& scratch, std::vector<Feature>& out) const;
  // The second half of featurize(), from extracted n-grams.
  void weigh(std::span<const Ngram> ngrams, std::vector<Feature>& out) const;

 private:
  NgramExtractor extractor_;
  BucketIndex index_;
  std::span<const float> idf_;
  float unknown_idf_;
};

}  // namespace aisle
