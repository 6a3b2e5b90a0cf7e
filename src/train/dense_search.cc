#include "train/dense_search.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/clock.h"
#include "core/digest.h"
#include "train/linear_fit.h"

namespace aisle {
namespace {

constexpr std::uint64_t kFolds = 5;
constexpr std::array<double, 11> kGrid = {0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000};
constexpr int kPatience = 2;  // worse tries in a row

struct Parts {
  DenseSet train, held_out;
};

Parts split(const FrozenData& data, const std::vector<std::uint8_t>& held_out) {
  Parts parts;
  parts.train.dimension = parts.held_out.dimension = data.set.dimension;
  for (std::size_t i = 0; i < data.set.size(); ++i)
    (held_out[i] != 0 ? parts.held_out : parts.train).add(data.set.row(i), data.set.item_labels(i));
  return parts;
}

// [fold][item]: whether it is held out.
std::vector<std::vector<std::uint8_t>> plan_folds(const FrozenData& data) {
  const std::size_t items = data.set.size();
  if (items <= kFoldItems) {
    std::vector<std::vector<std::uint8_t>> folds(kFolds, std::vector<std::uint8_t>(items));
    for (std::size_t i = 0; i < items; ++i) folds[mix64(data.keys[i]) % kFolds][i] = 1;
    return folds;
  }
  if (std::ranges::count(data.validation, 1) > 0) return {data.validation};
  std::vector<std::uint8_t> tenth(items);
  for (std::size_t i = 0; i < items; ++i) tenth[i] = mix64(data.keys[i]) % 10 == 0;
  return {tenth};
}

class Search {
 public:
  Search(const FrozenData& data, const DenseOptions& options, const TrainCallbacks& callbacks)
      : data_(data), options_(options), callbacks_(callbacks) {
    for (const std::vector<std::uint8_t>& fold : plan_folds(data)) {
      folds_.push_back(split(data, fold));
      const SparseSet labels = labels_of(folds_.back().held_out);
      append(labels);
      for (std::uint32_t i = 0; i < fold.size(); ++i) {
        if (fold[i] != 0) best_.held_out_rows.push_back(i);
      }
    }
    path_.resize(folds_.size());
  }

  DenseSearch run(double c) {
    if (c > 0) {
      try_c(c, 1);
    } else {
      choose();
    }
    stage("fitting", 0);
    best_.weights = folds_.size() == 1 ? std::move(best_path_.front())
                                       : fit_dense(data_.set, best_.c, options_, {}, callbacks_.cancel);
    best_.held_out = std::move(held_out_);
    return std::move(best_);
  }

 private:
  void append(const SparseSet& labels) {
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto own = labels.item_labels(i);
      held_out_.labels.insert(held_out_.labels.end(), own.begin(), own.end());
      held_out_.label_starts.push_back(static_cast<std::uint32_t>(held_out_.labels.size()));
      held_out_.starts.push_back(0);
    }
  }

  void stage(const std::string& name, int tried) const {
    callbacks_.cancel.check();
    callbacks_.progress.update(
        {.stage = name, .done = static_cast<std::uint64_t>(tried), .total = kGrid.size(), .unit = "tries"});
  }

  void choose() {
    int worse = 0, number = 0;
    for (const double c : kGrid) {
      stage("choosing the penalty", number);
      worse = try_c(c, ++number) ? 0 : worse + 1;
      if (worse == kPatience) break;
    }
  }

  // Whether it is the best so far.
  bool try_c(double c, int number) {
    const Stopwatch watch;
    std::vector<float> logits;
    for (std::size_t fold = 0; fold < folds_.size(); ++fold) {
      path_[fold] = fit_dense(folds_[fold].train, c, options_, path_[fold], callbacks_.cancel);
      const std::vector<float> own = score_dense(path_[fold], folds_[fold].held_out, options_.threads);
      logits.insert(logits.end(), own.begin(), own.end());
    }
    const HeldOutMeasures measures = measure_held_out(logits, held_out_, options_.classes, options_.kind);
    EpochMetrics metrics{.epoch = number, .validation_loss = measures.loss, .validation_score = measures.score};
    metrics.seconds = watch.seconds();
    if (callbacks_.on_epoch) callbacks_.on_epoch(metrics);
    if (best_.c > 0 && !(measures.loss < best_loss_)) return false;
    best_loss_ = measures.loss;
    best_.c = c;
    best_.held_out_logits = std::move(logits);
    best_path_ = path_;
    return true;
  }

  const FrozenData& data_;
  const DenseOptions& options_;
  const TrainCallbacks& callbacks_;
  std::vector<Parts> folds_;
  std::vector<DenseWeights> path_, best_path_;  // [fold]: where the next try begins
  SparseSet held_out_;
  DenseSearch best_;
  double best_loss_ = INFINITY;
};

}  // namespace

DenseSearch search_dense(const FrozenData& data, const DenseOptions& options, double c,
                         const TrainCallbacks& callbacks) {
  return Search(data, options, callbacks).run(c);
}

SparseSet labels_of(const DenseSet& set) {
  SparseSet labels;
  labels.starts.assign(set.size() + 1, 0);
  labels.label_starts = set.label_starts;
  labels.labels = set.labels;
  return labels;
}

}  // namespace aisle
