#include "train/frozen_trainer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/clock.h"
#include "core/error.h"
#include "model/frozen/frozen_model.h"
#include "train/dense_search.h"
#include "train/frozen_data.h"
#include "train/linear_fit.h"
#include "train/linear_rule.h"
#include "train/option_reader.h"

namespace aisle {
namespace {

const std::array<OptionSpec, 5> kSpecs = {{
    {"backbone", "", "the frozen network that reads the items: a name of `aisle backbone list`"},
    {"c", "0", "how weakly large weights are punished (scikit-learn's C); 0: chosen on held-out items"},
    {"max_memory_mb", "1024", "what the features of all items may take, in megabytes; beyond it a sample is used"},
    {"precision", "auto",
     "f32, bf16 or int8; auto: the fastest that this processor has and that loses little on validation items"},
    {"wanted_precision", "0.9", "what sure answers are to reach"},
}};

struct FrozenOptions {
  std::string backbone, precision;
  std::size_t max_bytes = 0;
  double c = 0, wanted_precision = 0;
};

FrozenOptions parse_frozen_options(const Parameters& parameters) {
  const OptionReader options(parameters, kSpecs);
  return {.backbone = options.text("backbone"),
          .precision = options.text("precision"),
          .max_bytes = options.number<std::size_t>("max_memory_mb", 16, 1 << 20) << 20,
          .c = options.number<double>("c", 0, 1e6),
          .wanted_precision = options.number<double>("wanted_precision", 0.01, 1)};
}

std::shared_ptr<const Encoder> open_encoder(const TrainRequest& request, const FrozenOptions& options, Reads reads) {
  if (options.backbone.empty())
    throw Error(ErrorCode::kUsage,
                "this kind of model needs a frozen network: give --set backbone=NAME, a name of "
                "`aisle backbone list`");
  auto encoder = request.encoders.open(options.backbone, options.precision);
  if (encoder->info().reads == reads) return encoder;
  throw Error(ErrorCode::kInvalidArgument,
              "the backbone '" + options.backbone + "' reads " + (reads == Reads::kText ? "pictures" : "texts") +
                  ": use --model " + std::string(reads == Reads::kText ? kPictureKind : kSentenceKind) + " with it",
              {{"backbone", options.backbone}});
}

class FrozenRun {
 public:
  FrozenRun(const TrainRequest& request, const TrainCallbacks& callbacks, Reads reads)
      : request_(request),
        callbacks_(callbacks),
        options_(parse_frozen_options(request.parameters)),
        threads_(std::max<std::size_t>(request.threads, 1)),
        reader_(request, callbacks),
        encoder_(open_encoder(request, options_, reads)) {}

  void run() {
    FrozenData data = read_features(reader_, *encoder_, threads_, options_.max_bytes, callbacks_);
    tell(data);
    settle_labels(data);
    const FeatureScale scale = fit_scale(data.set);
    apply(scale, data.set);
    const DenseSearch found = search_dense(data, dense_options(), options_.c, callbacks_);
    callbacks_.progress.update({.stage = "calibrating"});
    write(data, found, scale);
  }

 private:
  void tell(const FrozenData& data) const {
    const std::string what = encoder_->info().reads == Reads::kText ? "text" : "picture";
    const auto count = [](std::size_t items) { return std::to_string(items) + (items == 1 ? " item" : " items"); };
    if (data.without_input > 0)
      callbacks_.progress.message(count(data.without_input) + " without a " + what + " cannot be learned from");
    if (data.faulty > 0)
      callbacks_.progress.message(count(data.faulty) + " cannot be read, the first because: " + data.fault);
    if (data.left_out > 0) {
      callbacks_.progress.message(count(data.left_out) +
                                  " left out to stay within --set max_memory_mb; the others are a sample of all");
    }
  }

  void settle_labels(FrozenData& data) {
    std::vector<std::int64_t> counts(reader_.labels().size());
    for (const std::uint32_t label : data.set.labels) ++counts[label];
    const auto used = std::ranges::count_if(counts, [](std::int64_t count) { return count > 0; });
    if (used < 2) {
      throw Error(ErrorCode::kFailedPrecondition,
                  "training needs certified items of at least two labels, outside the test part, that have what the "
                  "network reads; there " +
                      std::string(used == 1 ? "is one such label" : "are none"));
    }
    const std::vector<std::uint32_t> renumbered = reader_.labels().sort();
    for (std::uint32_t& label : data.set.labels) label = renumbered[label];
  }

  DenseOptions dense_options() const {
    return {.kind = request_.task.kind, .classes = reader_.labels().size(), .threads = threads_};
  }

  void write(const FrozenData& data, const DenseSearch& found, const FeatureScale& scale) {
    const std::size_t classes = reader_.labels().size(), width = data.set.dimension;
    const LinearRule rule =
        fit_linear_rule(found.held_out_logits, found.held_out, classes, request_.task.kind, options_.wanted_precision);
    FrozenParts parts;
    parts.encoder = encoder_->info();
    const SparseSet labels = labels_of(data.set);
    const std::vector<std::int64_t> counts = class_counts(labels, classes);
    parts.prior = class_priors(counts, data.set.size(), request_.task.kind);
    parts.card = {std::string(encoder_->info().reads == Reads::kText ? kSentenceKind : kPictureKind),
                  request_.task.kind, request_.task.text_fields, reader_.labels().infos(request_.labels), rule.rule};
    for (std::size_t k = 0; k < classes; ++k) parts.card.labels[k].items = counts[k];
    // Features come unscaled: mean and scale go into the weights.
    parts.calibration = {rule.slope, rule.offset, rule.top};
    for (std::size_t k = 0; k < classes; ++k) {
      double bias = found.weights.bias[k];
      for (std::size_t d = 0; d < width; ++d) {
        const float weight = found.weights.values[k * width + d] * scale.scale;
        parts.weights.push_back(weight);
        bias -= static_cast<double>(weight) * scale.mean[d];
      }
      parts.calibration.offset[k] += rule.slope[k] * static_cast<float>(bias);
    }
    write_frozen_model(parts, request_.archive);
    if (callbacks_.on_held_out) callbacks_.on_held_out(held_out_answers(data, found, rule));
  }

  HeldOutAnswers held_out_answers(const FrozenData& data, const DenseSearch& found, const LinearRule& rule) const {
    HeldOutAnswers answers{{}, {}, found.held_out_logits};
    calibrate(rule, request_.task.kind, reader_.labels().size(), answers.probabilities);
    for (const std::uint32_t row : found.held_out_rows) answers.items.push_back(data.numbers[row]);
    answers.items.insert(answers.items.end(), data.unread.begin(), data.unread.end());
    answers.known.assign(found.held_out_rows.size(), 1);
    answers.known.resize(answers.items.size(), 0);
    answers.probabilities.resize(answers.items.size() * reader_.labels().size(), 0);
    return answers;
  }

  const TrainRequest& request_;
  const TrainCallbacks& callbacks_;
  FrozenOptions options_;
  std::size_t threads_;
  TrainItemReader reader_;
  std::shared_ptr<const Encoder> encoder_;
};

}  // namespace

std::string_view FrozenTrainer::kind() const {
  return reads_ == Reads::kText ? kSentenceKind : kPictureKind;
}
std::span<const OptionSpec> FrozenTrainer::options() const {
  return kSpecs;
}
bool FrozenTrainer::reads_pictures(const Parameters&) const {
  return reads_ == Reads::kPicture;
}
void FrozenTrainer::check(const TrainRequest& request) const {
  FrozenOptions options = parse_frozen_options(request.parameters);
  // What looks at items first, to choose or to calibrate, can wait.
  if (options.precision == "auto" || options.precision == "int8") options.precision = "f32";
  open_encoder(request, options, reads_);
}
void FrozenTrainer::train(const TrainRequest& request, const TrainCallbacks& callbacks) const {
  FrozenRun(request, callbacks, reads_).run();
}

}  // namespace aisle
