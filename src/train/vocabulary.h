// Chooses the n-grams that a linear model keeps, and turns counted n-grams into the sparse vectors it learns from.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "featurize/featurizer.h"
#include "train/linear_data.h"

namespace aisle {

enum class Part : std::uint8_t { kNone, kTrain, kHeldOut };
using PartOf = std::function<Part(const NgramItem&)>;

struct Vocabulary {
  NgramOptions options;
  std::vector<std::uint64_t> index;  // BucketIndex
  std::vector<float> idf;            // one a row

  Featurizer featurizer() const { return {options, BucketIndex(index), idf}; }
};

struct VocabularyLimits {
  std::uint32_t min_items = 1;  // n-grams of fewer items of the train part are dropped
  std::size_t max_rows = 0;     // beyond it the rarest go
};

Vocabulary fit_vocabulary(const NgramData& data, const PartOf& part_of, const VocabularyLimits& limits,
                          std::size_t threads);

// Items as sparse vectors, features by ascending row.
struct SparseSet {
  std::vector<std::uint64_t> starts{0};  // items + 1
  std::vector<Feature> features;
  std::vector<std::uint32_t> label_starts{0};  // items + 1
  std::vector<std::uint32_t> labels;

  std::size_t size() const { return starts.size() - 1; }
  std::span<const Feature> item(std::size_t i) const {
    return std::span(features).subspan(starts[i], starts[i + 1] - starts[i]);
  }
  std::span<const std::uint32_t> item_labels(std::size_t i) const {
    return std::span(labels).subspan(label_starts[i], label_starts[i + 1] - label_starts[i]);
  }
};

// Items of one part, in order.
SparseSet make_sparse_set(const NgramData& data, const Featurizer& featurizer, const PartOf& part_of, Part wanted,
                          std::size_t threads);

}  // namespace aisle
