// One fit of a linear model: counted n-grams to a vocabulary, sparse items and weights, with held-out items as a check.
#pragma once

#include <cstdint>
#include <vector>

#include "train/linear_sgd.h"
#include "train/trainer.h"
#include "train/vocabulary.h"

namespace aisle {

struct FitPlan {
  SgdOptions sgd;
  VocabularyLimits vocabulary;
  bool class_weights = false;
  bool early_stopping = true;
};

struct FitSets {
  Vocabulary vocabulary;
  SparseSet train, held_out;
};

struct Fit {
  LinearWeights weights;
  std::vector<float> held_out_logits;  // [held-out items, classes], uncalibrated
};

FitSets make_fit_sets(const NgramData& data, const PartOf& part_of, const FitPlan& plan);

// Runs the epochs. With early stopping, held-out items and more than a few epochs: stops where more epochs help no
// more, and answers with the weights of the best; warns of overfitting. Callbacks may be null: nothing is told and
// nothing cancels. kCancelled; kFailedPrecondition where the loss diverges.
Fit run_fit(const FitSets& sets, const FitPlan& plan, const TrainCallbacks* callbacks);

// Items of each class, and its share of the items, smoothed.
std::vector<std::int64_t> class_counts(const SparseSet& items, std::size_t classes);
std::vector<float> class_priors(const std::vector<std::int64_t>& counts, std::size_t items, TaskKind kind);

struct HeldOutMeasures {
  double loss = 0;   // mean
  double score = 0;  // weighted F1 (category), micro F1 at one half (tags)
  double accuracy = 0;
};
HeldOutMeasures measure_held_out(std::span<const float> logits, const SparseSet& items, std::size_t classes,
                                 TaskKind kind);

}  // namespace aisle
