#include "train/linear_trainer.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/clock.h"
#include "core/digest.h"
#include "core/error.h"
#include "model/linear/kernels.h"
#include "train/calibration.h"
#include "train/linear_export.h"
#include "train/linear_options.h"
#include "train/linear_sgd.h"

namespace aisle {
namespace {

constexpr std::size_t kReadBatch = 512;

class LinearFit {
 public:
  LinearFit(const TrainRequest& request, const TrainCallbacks& callbacks)
      : request_(request), callbacks_(callbacks), options_(parse_linear_options(request.parameters)) {}

  void run();

 private:
  void read();
  void stage(std::string_view name) { callbacks_.cancel.check(); callbacks_.progress.update({.stage = name}); }

  const TrainRequest& request_;
  const TrainCallbacks& callbacks_;
  LinearOptions options_;
  LabelTable labels_;
  NgramData data_;
};

void LinearFit::read() {
  NgramOptions ngrams{.fields = static_cast<std::uint32_t>(request_.task.text_fields.size()), .word_ngrams = options_.word_ngrams,
                      .char_min = options_.char_min, .char_max = options_.char_max, .by_field = options_.by_field, .balance_fields = options_.balance_fields,
                      .hash_bits = options_.hash_bits, .seed = request_.seed};
  TrainItemReader reader(request_, callbacks_);
  NgramCollector collector(ngrams, request_.threads);
  while (true) {
    std::vector<TrainItem> batch = reader.take(kReadBatch);
    if (batch.empty()) break;
    collector.add(std::move(batch));
  }
  data_ = collector.finish();
  labels_ = std::move(reader.labels());
  const std::vector<std::uint32_t> renumbered = labels_.sort();
  for (NgramChunk& chunk : data_.chunks) {
    for (std::uint32_t& label : chunk.labels) label = renumbered[label];
  }
}

std::vector<float> log_priors(const SparseSet& items, std::size_t classes, TaskKind kind, std::vector<float>& priors, std::vector<std::int64_t>& counts) {
  counts.assign(classes, 0);
  for (const std::uint32_t label : items.labels) ++counts[label];
  std::vector<float> logits;
  priors.clear();
  const double n = static_cast<double>(items.size());
  for (const std::int64_t count : counts) {
    const double p = kind == TaskKind::kCategory ? (static_cast<double>(count) + 0.5) / (n + 0.5 * static_cast<double>(classes)) : (static_cast<double>(count) + 0.5) / (n + 1);
    priors.push_back(static_cast<float>(p));
    logits.push_back(static_cast<float>(kind == TaskKind::kCategory ? std::log(p) : std::log(p / (1 - p))));
  }
  return logits;
}

void LinearFit::run() {
  const TaskKind kind = request_.task.kind;
  const std::size_t threads = std::max<std::size_t>(request_.threads, 1);
  read();
  const std::size_t classes = labels_.size();
  if (classes < 2) throw Error(ErrorCode::kFailedPrecondition, "training needs certified items of at least two labels; there are " + std::to_string(classes));
  stage("choosing n-grams");
  bool any_validation = false;
  for (const NgramChunk& chunk : data_.chunks) {
    for (const NgramItem& item : chunk.items) any_validation |= item.validation;
  }
  const PartOf part_of = [any_validation](const NgramItem& item) {
    const bool held = any_validation ? item.validation : mix64(item.key) % 10 == 0;
    return held ? Part::kHeldOut : Part::kTrain;
  };
  const std::size_t stride = kernels::padded(classes);
  const std::size_t model_bytes = (options_.max_model_mb << 20) - (std::size_t{1} << options_.hash_bits) / 4;
  const std::size_t max_rows = std::min(model_bytes / (stride + 8), (options_.max_memory_mb << 20) / 2 / (4 * stride + 4));
  const std::uint32_t min_items = options_.min_items != 0 ? options_.min_items : data_.items > 5000 ? 2 : 1;
  const Vocabulary vocabulary = fit_vocabulary(data_, part_of, {min_items, max_rows}, threads);
  callbacks_.progress.message(std::to_string(vocabulary.idf.size()) + " n-grams, at most " + std::to_string(max_rows));
  stage("weighing");
  const Featurizer featurizer = vocabulary.featurizer();
  const SparseSet train = make_sparse_set(data_, featurizer, part_of, Part::kTrain, threads);
  const SparseSet held = make_sparse_set(data_, featurizer, part_of, Part::kHeldOut, threads);
  data_ = {};
  callbacks_.progress.message(std::to_string(train.size()) + " items, " + std::to_string(train.features.size() / std::max<std::size_t>(train.size(), 1)) + " features each");
  std::vector<float> priors;
  std::vector<std::int64_t> counts;
  const std::vector<float> bias = log_priors(train, classes, kind, priors, counts);
  SgdOptions sgd_options{.kind = kind, .classes = classes, .epochs = options_.epochs == 0 ? 3 : options_.epochs,
                         .learning_rate = options_.learning_rate == 0 ? (kind == TaskKind::kCategory ? 7 : 4) : options_.learning_rate, .l2 = options_.l2, .batch = options_.batch,
                         .seed = request_.seed, .threads = threads, .class_weights = {}};
  LinearSgd sgd(sgd_options, vocabulary.idf.size(), bias);
  std::vector<float> logits;
  for (std::uint32_t epoch = 1; epoch <= sgd_options.epochs; ++epoch) {
    stage("epoch " + std::to_string(epoch));
    const Stopwatch watch;
    EpochMetrics metrics{.epoch = static_cast<int>(epoch)};
    metrics.train_loss = sgd.epoch(train, callbacks_.cancel);
    logits = score_all(sgd.weights(), held, classes, threads);
    double loss = 0, right = 0;
    std::vector<float> z(stride);
    for (std::size_t i = 0; i < held.size(); ++i) {
      std::copy_n(logits.begin() + static_cast<std::ptrdiff_t>(i * classes), classes, z.begin());
      if (kind == TaskKind::kCategory) right += static_cast<std::size_t>(std::max_element(z.begin(), z.begin() + static_cast<std::ptrdiff_t>(classes)) - z.begin()) == held.item_labels(i)[0];
      loss += loss_gradient(kind, z, classes, held.item_labels(i));
    }
    metrics.validation_loss = loss / static_cast<double>(std::max<std::size_t>(held.size(), 1));
    metrics.validation_score = right / static_cast<double>(std::max<std::size_t>(held.size(), 1));
    metrics.seconds = watch.seconds();
    if (callbacks_.on_epoch) callbacks_.on_epoch(metrics);
  }
  stage("calibrating");
  ModelCard card{std::string(kLinearKind), kind, request_.task.text_fields, labels_.infos(request_.labels), {}};
  for (std::size_t k = 0; k < classes; ++k) card.labels[k].items = counts[k];
  card.rule.wanted_precision = options_.wanted_precision;
  std::vector<float> slope(classes, 1), offset(classes, 0);
  float floor = 0;
  if (kind == TaskKind::kCategory) {
    const SoftmaxCalibration calibration = fit_softmax_calibration(logits, classes, held.labels);
    callbacks_.progress.message("temperature " + std::to_string(calibration.temperature) + " floor " + std::to_string(calibration.floor));
    std::ranges::fill(slope, static_cast<float>(1 / calibration.temperature));
    floor = static_cast<float>(calibration.floor);
    std::vector<float> top;
    std::vector<std::uint8_t> right;
    std::vector<float> z(stride);
    for (std::size_t i = 0; i < held.size(); ++i) {
      for (std::size_t k = 0; k < classes; ++k) z[k] = logits[i * classes + k] * slope[k];
      kernels::softmax(z.data(), classes);
      for (float& p : z) p = (1 - floor) * p + floor / static_cast<float>(classes);
      const auto best = std::max_element(z.begin(), z.end());
      top.push_back(*best);
      right.push_back(static_cast<std::uint32_t>(best - z.begin()) == held.labels[i]);
    }
    card.rule.sure_limit = fit_sure_limit(top, right, options_.wanted_precision);
  } else {
    std::vector<std::uint8_t> truths(logits.size());
    for (std::size_t i = 0; i < held.size(); ++i) {
      for (const std::uint32_t label : held.item_labels(i)) truths[i * classes + label] = 1;
    }
    const PlattScale platt = fit_platt(logits, truths);
    callbacks_.progress.message("platt " + std::to_string(platt.slope) + " " + std::to_string(platt.offset));
    std::ranges::fill(slope, static_cast<float>(platt.slope));
    std::ranges::fill(offset, static_cast<float>(platt.offset));
    for (float& z : logits) z = static_cast<float>(1 / (1 + std::exp(-(platt.slope * z + platt.offset))));
    card.rule.tag_limits = fit_tag_limits(logits, truths, classes);
  }
  stage("quantising");
  LinearParts parts = quantise(vocabulary, sgd.weights(), classes, slope, offset, threads);
  parts.prior = priors;
  parts.card.floor = floor;
  parts.card.model = std::move(card);
  stage("writing");
  write_linear_model(parts, request_.archive);
  stage("done");
}

}  // namespace

std::string_view LinearTrainer::kind() const { return kLinearKind; }
std::span<const OptionSpec> LinearTrainer::options() const { return linear_option_specs(); }
void LinearTrainer::train(const TrainRequest& request, const TrainCallbacks& callbacks) const { LinearFit(request, callbacks).run(); }

}  // namespace aisle
