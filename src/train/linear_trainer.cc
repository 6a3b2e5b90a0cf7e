#include "train/linear_trainer.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "core/digest.h"
#include "core/error.h"
#include "model/linear/kernels.h"
#include "train/linear_export.h"
#include "train/linear_fit.h"
#include "train/linear_folds.h"
#include "train/linear_options.h"
#include "train/linear_rule.h"

namespace aisle {
namespace {

constexpr std::size_t kReadBatch = 512;
constexpr std::uint32_t kSmallHashBits = 20, kLargeHashBits = 24;
constexpr std::uint32_t kSmallCharMin = 2, kSmallCharMax = 5;
constexpr std::size_t kSmallItems = 5000;  // up to here n-grams of characters and cross-validation cost little

class LinearRun {
 public:
  LinearRun(const TrainRequest& request, const TrainCallbacks& callbacks)
      : request_(request),
        callbacks_(callbacks),
        options_(parse_linear_options(request.parameters)),
        reader_(request, callbacks),
        threads_(std::max<std::size_t>(request.threads, 1)) {}

  void run() {
    std::vector<TrainItem> first = reader_.take(kSmallItems + 1);
    if (first.size() <= kSmallItems) {
      run_small(std::move(first));
    } else {
      run_large(std::move(first));
    }
  }

 private:
  void run_small(std::vector<TrainItem> items);
  void run_large(std::vector<TrainItem> first);
  NgramData read_ngrams(std::vector<TrainItem> first);

  // Puts the labels in order; [old number] -> new number. kFailedPrecondition for fewer than two.
  std::vector<std::uint32_t> settle_labels();
  NgramOptions ngram_options(std::uint32_t hash_bits) const;
  FitPlan plan(std::size_t items, std::uint32_t hash_bits) const;
  void write(Vocabulary vocabulary, LinearWeights weights, const LinearRule& rule, const SparseSet& train);

  void tell_held_out(const HeldOutItems& places, std::vector<float> logits, const LinearRule& rule) const;

  void stage(std::string_view name) {
    callbacks_.cancel.check();
    callbacks_.progress.update({.stage = name});
  }

  const TrainRequest& request_;
  const TrainCallbacks& callbacks_;
  LinearOptions options_;
  TrainItemReader reader_;
  std::size_t threads_;
};

std::vector<std::uint32_t> LinearRun::settle_labels() {
  const std::size_t classes = reader_.labels().size();
  if (classes < 2) {
    throw Error(ErrorCode::kFailedPrecondition,
                "training needs certified items of at least two labels outside the test part; there " +
                    std::string(classes == 1 ? "is one label" : "are none"));
  }
  return reader_.labels().sort();
}

NgramOptions LinearRun::ngram_options(std::uint32_t hash_bits) const {
  return {.fields = static_cast<std::uint32_t>(request_.task.text_fields.size()),
          .word_ngrams = options_.word_ngrams,
          .char_min = options_.char_min,
          .char_max = options_.char_max,
          .by_field = options_.by_field,
          .balance_fields = options_.balance_fields,
          .hash_bits = options_.hash_bits != 0 ? options_.hash_bits : hash_bits,
          .seed = request_.seed};
}

FitPlan LinearRun::plan(std::size_t items, std::uint32_t hash_bits) const {
  const bool small = items <= kSmallItems, category = request_.task.kind == TaskKind::kCategory;
  FitPlan plan;
  plan.sgd.kind = request_.task.kind;
  plan.sgd.classes = reader_.labels().size();
  plan.sgd.epochs = options_.epochs != 0 ? options_.epochs : small ? 10 : 3;
  const double rate = small ? (category ? 6 : 3) : (category ? 7 : 4);  // docs/adr/0005
  plan.sgd.learning_rate = options_.learning_rate != 0 ? options_.learning_rate : rate;
  plan.sgd.batch = options_.batch != 0 ? options_.batch : std::clamp<std::size_t>(items / 256, 8, 64);
  plan.sgd.seed = request_.seed;
  plan.sgd.threads = threads_;
  plan.class_weights = options_.class_weights;
  const std::size_t stride = kernels::padded(plan.sgd.classes);
  const std::size_t model = options_.max_model_mb << 20, index = (std::size_t{1} << hash_bits) / 4;
  const std::size_t memory =
      (options_.max_memory_mb << 20) / 2;  // the rest is for the items and a second copy of the weights
  plan.vocabulary.max_rows = std::min((model > index ? model - index : 0) / (stride + 8), memory / (4 * stride + 4));
  plan.vocabulary.min_items = options_.min_items != 0 ? options_.min_items : small ? 1 : 2;
  if (plan.vocabulary.max_rows == 0) {
    throw Error(ErrorCode::kInvalidArgument, "--set max_model_mb=" + std::to_string(options_.max_model_mb) +
                                                 " leaves no room for weights: raise it or lower hash_bits");
  }
  return plan;
}

void LinearRun::run_small(std::vector<TrainItem> items) {
  const std::vector<std::uint32_t> renumbered = settle_labels();
  for (TrainItem& item : items) {
    for (std::uint32_t& label : item.labels) label = renumbered[label];
  }
  NgramOptions ngrams = ngram_options(kSmallHashBits);
  if (options_.choose_chars && request_.task.kind == TaskKind::kCategory)
    ngrams.char_min = kSmallCharMin, ngrams.char_max = kSmallCharMax;
  NgramCollector collector(ngrams, threads_);
  for (std::size_t from = 0; from < items.size(); from += kReadBatch) {
    const auto begin = std::make_move_iterator(items.begin()) + static_cast<std::ptrdiff_t>(from);
    collector.add({begin, begin + static_cast<std::ptrdiff_t>(std::min(kReadBatch, items.size() - from))});
  }
  const NgramData data = collector.finish();
  const FitPlan fit_plan = plan(data.items, ngrams.hash_bits);
  const FoldScores folds = score_by_folds(data, fit_plan, callbacks_);
  stage("fitting on all items");
  FitSets sets = make_fit_sets(
      data, [](const NgramItem&) { return Part::kTrain; }, fit_plan);
  Fit fit = run_fit(sets, fit_plan, &callbacks_);
  stage("calibrating");
  const LinearRule rule =
      fit_linear_rule(folds.logits, folds.items, fit_plan.sgd.classes, request_.task.kind, options_.wanted_precision);
  write(std::move(sets.vocabulary), std::move(fit.weights), rule, sets.train);
  tell_held_out(folds.places, folds.logits, rule);
}

NgramData LinearRun::read_ngrams(std::vector<TrainItem> first) {
  NgramCollector collector(ngram_options(kLargeHashBits), threads_);
  collector.add(std::move(first));
  for (std::vector<TrainItem> batch = reader_.take(kReadBatch); !batch.empty(); batch = reader_.take(kReadBatch))
    collector.add(std::move(batch));
  NgramData data = collector.finish();
  const std::vector<std::uint32_t> renumbered = settle_labels();
  for (NgramChunk& chunk : data.chunks) {
    for (std::uint32_t& label : chunk.labels) label = renumbered[label];
  }
  return data;
}

void LinearRun::run_large(std::vector<TrainItem> first) {
  NgramData data = read_ngrams(std::move(first));
  stage("choosing n-grams");
  bool stored_validation = false;
  for (const NgramChunk& chunk : data.chunks) {
    stored_validation = stored_validation || std::ranges::any_of(chunk.items, &NgramItem::validation);
  }
  const PartOf part_of = [stored_validation](const NgramItem& item) {
    const bool held_out = stored_validation ? item.validation : mix64(item.key) % 10 == 0;
    return held_out ? Part::kHeldOut : Part::kTrain;
  };
  const FitPlan fit_plan = plan(data.items, data.options.hash_bits);
  FitSets sets = make_fit_sets(data, part_of, fit_plan);
  const HeldOutItems places = held_out_items(data, part_of, sets.held_out);
  data = {};
  Fit fit = run_fit(sets, fit_plan, &callbacks_);
  stage("calibrating");
  const LinearRule rule = fit_linear_rule(fit.held_out_logits, sets.held_out, fit_plan.sgd.classes, request_.task.kind,
                                          options_.wanted_precision);
  write(std::move(sets.vocabulary), std::move(fit.weights), rule, sets.train);
  tell_held_out(places, fit.held_out_logits, rule);
}

void LinearRun::tell_held_out(const HeldOutItems& places, std::vector<float> logits, const LinearRule& rule) const {
  if (!callbacks_.on_held_out) return;
  calibrate(rule, request_.task.kind, reader_.labels().size(), logits);
  callbacks_.on_held_out({places.numbers, places.known, std::move(logits)});
}

void LinearRun::write(Vocabulary vocabulary, LinearWeights weights, const LinearRule& rule, const SparseSet& train) {
  stage("writing the model");
  const std::size_t classes = reader_.labels().size();
  prune(options_.prune, classes, train, vocabulary, weights);
  LinearParts parts = quantise(vocabulary, weights, classes, rule.slope, rule.offset, threads_);
  const std::vector<std::int64_t> counts = class_counts(train, classes);
  parts.prior = class_priors(counts, train.size(), request_.task.kind);
  parts.card.calibration.top = rule.top;
  parts.card.model = {std::string(kLinearKind), request_.task.kind, request_.task.text_fields,
                      reader_.labels().infos(request_.labels), rule.rule};
  for (std::size_t k = 0; k < classes; ++k) parts.card.model.labels[k].items = counts[k];
  write_linear_model(parts, request_.archive);
}

}  // namespace

std::string_view LinearTrainer::kind() const {
  return kLinearKind;
}
std::span<const OptionSpec> LinearTrainer::options() const {
  return linear_option_specs();
}
void LinearTrainer::check(const TrainRequest& request) const {
  parse_linear_options(request.parameters);
}
void LinearTrainer::train(const TrainRequest& request, const TrainCallbacks& callbacks) const {
  LinearRun(request, callbacks).run();
}

}  // namespace aisle
