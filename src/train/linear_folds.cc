#include "train/linear_folds.h"

#include "core/digest.h"
#include "core/parallel.h"

namespace aisle {
namespace {

constexpr std::uint64_t kFolds = 5;

void append(FoldScores& all, const SparseSet& held_out, const std::vector<float>& logits) {
  all.logits.insert(all.logits.end(), logits.begin(), logits.end());
  all.items.starts.resize(all.items.starts.size() + held_out.size(), 0);
  for (std::size_t i = 0; i < held_out.size(); ++i) {
    const std::span<const std::uint32_t> labels = held_out.item_labels(i);
    all.items.labels.insert(all.items.labels.end(), labels.begin(), labels.end());
    all.items.label_starts.push_back(static_cast<std::uint32_t>(all.items.labels.size()));
  }
}

void append(HeldOutItems& all, const HeldOutItems& more) {
  all.numbers.insert(all.numbers.end(), more.numbers.begin(), more.numbers.end());
  all.known.insert(all.known.end(), more.known.begin(), more.known.end());
}

FoldScores score_fold(const NgramData& data, const FitPlan& plan, std::uint64_t fold) {
  const PartOf part_of = [fold](const NgramItem& item) {
    return mix64(item.key) % kFolds == fold ? Part::kHeldOut : Part::kTrain;
  };
  const FitSets sets = make_fit_sets(data, part_of, plan);
  FoldScores scores;
  append(scores, sets.held_out, run_fit(sets, plan, nullptr).held_out_logits);
  scores.places = held_out_items(data, part_of, sets.held_out);
  return scores;
}

}  // namespace

HeldOutItems held_out_items(const NgramData& data, const PartOf& part_of, const SparseSet& held_out) {
  HeldOutItems places;
  std::uint32_t number = 0;
  for (const NgramChunk& chunk : data.chunks) {
    for (const NgramItem& item : chunk.items) {
      if (part_of(item) == Part::kHeldOut) places.numbers.push_back(number);
      ++number;
    }
  }
  for (std::size_t i = 0; i < held_out.size(); ++i) places.known.push_back(held_out.item(i).empty() ? 0 : 1);
  return places;
}

FoldScores score_by_folds(const NgramData& data, const FitPlan& plan, const TrainCallbacks& callbacks) {
  FitPlan of_one = plan;
  of_one.sgd.threads = 1;  // the folds run beside each other
  of_one.early_stopping = false;
  std::vector<FoldScores> folds(kFolds);
  callbacks.progress.update({.stage = "cross-validation"});
  parallel_for(kFolds, plan.sgd.threads, [&](std::size_t fold, std::size_t) {
    callbacks.cancel.check();
    folds[fold] = score_fold(data, of_one, fold);
  });
  FoldScores all;
  for (const FoldScores& fold : folds) {
    append(all, fold.items, fold.logits);
    append(all.places, fold.places);
  }
  return all;
}

}  // namespace aisle
