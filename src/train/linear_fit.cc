#include "train/linear_fit.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/clock.h"
#include "core/error.h"
#include "model/linear/kernels.h"

namespace aisle {
namespace {

// Up to this many epochs the falling step makes the last one the best; to choose among them by a validation part of
// some thousand items cost accuracy, and the copies a quarter of the time (docs/adr/0005).
constexpr std::uint32_t kShortRun = 4;
constexpr int kPatience = 3;  // epochs without a better score

std::vector<float> start_bias(const SparseSet& items, std::size_t classes, TaskKind kind) {
  std::vector<float> bias = class_priors(class_counts(items, classes), items.size(), kind);
  for (float& p : bias) p = kind == TaskKind::kCategory ? std::log(p) : std::log(p / (1 - p));
  return bias;
}

std::vector<float> balanced_weights(const SparseSet& items, std::size_t classes) {
  const std::vector<std::int64_t> counts = class_counts(items, classes);
  std::vector<float> weights;
  const double mean = static_cast<double>(items.labels.size()) / static_cast<double>(classes);
  // The square root: full balance lets a class of three items shout down all others.
  for (const std::int64_t count : counts)
    weights.push_back(static_cast<float>(std::sqrt(mean / static_cast<double>(std::max<std::int64_t>(count, 1)))));
  return weights;
}

void copy(const LinearWeights& from, LinearWeights& to) {
  if (to.values.size() != from.values.size()) to.values = HugeArray<float>(from.values.size());
  std::copy_n(from.values.data(), from.values.size(), to.values.data());
  to.rows = from.rows, to.stride = from.stride, to.bias = from.bias;
}

struct ClassCounts {
  double right = 0, predicted = 0, support = 0;
  double f1() const { return predicted + support > 0 ? 2 * right / (predicted + support) : 0; }
};

double weighted_f1(std::span<const ClassCounts> counts) {
  double sum = 0, items = 0;
  for (const ClassCounts& one : counts) {
    sum += one.support * one.f1();
    items += one.support;
  }
  return items > 0 ? sum / items : 0;
}

double micro_f1(std::span<const ClassCounts> counts) {
  ClassCounts all;
  for (const ClassCounts& one : counts) {
    all.right += one.right;
    all.predicted += one.predicted;
    all.support += one.support;
  }
  return all.f1();
}

}  // namespace

FitSets make_fit_sets(const NgramData& data, const PartOf& part_of, const FitPlan& plan) {
  FitSets sets;
  sets.vocabulary = fit_vocabulary(data, part_of, plan.vocabulary, plan.sgd.threads);
  const Featurizer featurizer = sets.vocabulary.featurizer();
  sets.train = make_sparse_set(data, featurizer, part_of, Part::kTrain, plan.sgd.threads);
  sets.held_out = make_sparse_set(data, featurizer, part_of, Part::kHeldOut, plan.sgd.threads);
  return sets;
}

Fit run_fit(const FitSets& sets, const FitPlan& plan, const TrainCallbacks* callbacks) {
  static const CancelToken kNever;
  SgdOptions options = plan.sgd;
  if (plan.class_weights) options.class_weights = balanced_weights(sets.train, options.classes);
  LinearSgd sgd(options, sets.vocabulary.idf.size(), start_bias(sets.train, options.classes, options.kind));
  Fit best;
  double best_score = -1, least_loss = INFINITY;
  int since_best = 0;
  bool warned = false;
  const bool stopping = plan.early_stopping && options.epochs > kShortRun && sets.held_out.size() > 0;
  for (std::uint32_t epoch = 1; epoch <= options.epochs; ++epoch) {
    if (callbacks != nullptr) {
      callbacks->progress.update({.stage = "epoch " + std::to_string(epoch) + " of " + std::to_string(options.epochs),
                                  .done = epoch - 1,
                                  .total = options.epochs,
                                  .unit = "epochs"});
    }
    const Stopwatch watch;
    EpochMetrics metrics{.epoch = static_cast<int>(epoch)};
    metrics.train_loss = sgd.epoch(sets.train, callbacks != nullptr ? callbacks->cancel : kNever);
    if (!std::isfinite(metrics.train_loss)) {
      throw Error(ErrorCode::kFailedPrecondition,
                  "training diverged in epoch " + std::to_string(epoch) + ": choose a smaller --set learning_rate");
    }
    std::vector<float> logits = score_all(sgd.weights(), sets.held_out, options.classes, options.threads);
    const HeldOutMeasures measures = measure_held_out(logits, sets.held_out, options.classes, options.kind);
    if (sets.held_out.size() > 0) {
      metrics.validation_loss = measures.loss;
      metrics.validation_score = measures.score;
    }
    metrics.seconds = watch.seconds();
    if (callbacks != nullptr && callbacks->on_epoch) callbacks->on_epoch(metrics);
    if (measures.loss > 1.05 * least_loss && callbacks != nullptr && !warned) {
      callbacks->progress.message("overfitting: the loss on held-out items rises in epoch " + std::to_string(epoch) +
                                  "; calibration makes up for a part of it");
      warned = true;
    }
    least_loss = std::min(least_loss, measures.loss);
    const bool last = epoch == options.epochs;
    if (stopping ? measures.score > best_score : last) {
      best_score = measures.score;
      since_best = 0;
      best.held_out_logits = std::move(logits);
      if (last) {
        best.weights = std::move(sgd.weights());
      } else {
        copy(sgd.weights(), best.weights);
      }
    } else if (stopping && ++since_best == kPatience) {
      break;
    }
  }
  return best;
}

std::vector<std::int64_t> class_counts(const SparseSet& items, std::size_t classes) {
  std::vector<std::int64_t> counts(classes);
  for (const std::uint32_t label : items.labels) ++counts[label];
  return counts;
}

std::vector<float> class_priors(const std::vector<std::int64_t>& counts, std::size_t items, TaskKind kind) {
  std::vector<float> priors;
  const double added = kind == TaskKind::kCategory ? 0.5 * static_cast<double>(counts.size()) : 1;
  for (const std::int64_t count : counts) {
    priors.push_back(static_cast<float>((static_cast<double>(count) + 0.5) / (static_cast<double>(items) + added)));
  }
  return priors;
}

HeldOutMeasures measure_held_out(std::span<const float> logits, const SparseSet& items, std::size_t classes,
                                 TaskKind kind) {
  HeldOutMeasures measures;
  if (items.size() == 0) return measures;
  std::vector<ClassCounts> counts(classes);
  std::vector<float> z(kernels::padded(classes));
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::span<const float> own = logits.subspan(i * classes, classes);
    const std::span<const std::uint32_t> labels = items.item_labels(i);
    std::ranges::copy(own, z.begin());
    measures.loss += loss_gradient(kind, z, classes, labels);
    for (const std::uint32_t label : labels) ++counts[label].support;
    const auto answer = [&](std::size_t k) {
      const bool right = std::ranges::find(labels, k) != labels.end();
      ++counts[k].predicted;
      counts[k].right += right;
      return right;
    };
    if (kind == TaskKind::kCategory) {
      measures.accuracy += answer(static_cast<std::size_t>(std::ranges::max_element(own) - own.begin()));
    } else {
      for (std::size_t k = 0; k < classes; ++k) {
        if (own[k] > 0) answer(k);
      }
    }
  }
  measures.loss /= static_cast<double>(items.size());
  measures.accuracy /= static_cast<double>(items.size());
  measures.score = kind == TaskKind::kCategory ? weighted_f1(counts) : micro_f1(counts);
  return measures;
}

}  // namespace aisle
