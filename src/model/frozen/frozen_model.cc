#include "model/frozen/frozen_model.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "featurize/joined_text.h"
#include "model/card_json.h"
#include "model/engine/gemm.h"
#include "model/frozen/frozen_card.h"
#include "model/frozen/word_effects.h"
#include "model/linear/kernels.h"

namespace aisle {
namespace {

constexpr std::size_t kBatch = 32;  // enough to fill a processor's matrix units, few enough to start answering soon

class FrozenModel final : public Classifier {
 public:
  FrozenModel(FrozenParts parts, std::shared_ptr<const Encoder> encoder)
      : parts_(std::move(parts)), encoder_(std::move(encoder)) {
    if (encoder_->info().dimension != parts_.encoder.dimension) {
      throw Error(ErrorCode::kCorrupt, "the model expects " + std::to_string(parts_.encoder.dimension) +
                                           " features and its backbone gives " +
                                           std::to_string(encoder_->info().dimension));
    }
  }

  const ModelCard& card() const override { return parts_.card; }
  std::unique_ptr<Worker> new_worker() const override;
  std::size_t preferred_batch() const override { return kBatch; }

  const Encoder* encoder() const override { return encoder_.get(); }
  const Calibration& calibration() const { return parts_.calibration; }
  std::span<const float> weights() const { return parts_.weights; }
  std::span<const float> prior() const { return parts_.prior; }

 private:
  FrozenParts parts_;
  std::shared_ptr<const Encoder> encoder_;
};

class FrozenWorker final : public Worker {
 public:
  explicit FrozenWorker(const FrozenModel& model)
      : model_(model), classes_(model.card().labels.size()), stride_(kernels::padded(classes_)) {}

  bool probabilities(const ItemView& item, std::span<float> out) override {
    std::uint8_t known = 0;
    probabilities_of({&item, 1}, out, {&known, 1});
    return known != 0;
  }

  void probabilities_of(std::span<const ItemView> items, std::span<float> out, std::span<std::uint8_t> known) override {
    texts_.resize(std::max(texts_.size(), items.size()));
    inputs_.clear();
    places_.clear();
    rows_.assign(items.size(), kNoRow);
    for (std::size_t i = 0; i < items.size(); ++i) {
      const std::string_view input = input_of(items[i], texts_[i]);
      known[i] = !input.empty();
      if (input.empty()) continue;
      inputs_.push_back(input);
      places_.push_back(i);
    }
    score(inputs_);
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      known[places_[i]] = faults_[i].empty();
      if (faults_[i].empty()) rows_[places_[i]] = i;
      std::copy_n(&scores_[i * stride_], classes_, &out[places_[i] * classes_]);
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (known[i] == 0) std::ranges::copy(model_.prior(), &out[i * classes_]);
    }
  }

  void use_threads(std::size_t threads) override { threads_ = std::max<std::size_t>(1, threads); }

  std::span<const float> features_of(std::size_t item) const override {
    const std::size_t width = model_.encoder()->info().dimension;
    return rows_[item] == kNoRow ? std::span<const float>() : std::span(features_).subspan(rows_[item] * width, width);
  }

  Explanation explain(const ItemView& item, std::uint32_t label, std::size_t limit) override {
    if (label >= classes_)
      throw Error(ErrorCode::kInvalidArgument, "the model has no label number " + std::to_string(label));
    Explanation explanation{label, {}};
    if (model_.encoder()->info().reads == Reads::kPicture) return explanation;
    const WordEffects words(item, model_.card().text_fields);
    JoinedTextScratch scratch;
    std::vector<std::string> variants;
    for (std::size_t i = 0; i < words.variants(); ++i)
      variants.emplace_back(joined_text({words.variant(i), {}}, scratch));
    score(std::vector<std::string_view>(variants.begin(), variants.end()));
    std::vector<float> odds;
    for (std::size_t i = 0; i < variants.size(); ++i) odds.push_back(log_odds(scores_[i * stride_ + label]));
    explanation.evidence = words.evidence(odds, limit);
    return explanation;
  }

 private:
  static constexpr std::size_t kNoRow = SIZE_MAX;

  std::string_view input_of(const ItemView& item, JoinedTextScratch& scratch) const {
    return model_.encoder()->info().reads == Reads::kPicture ? item.picture : joined_text(item, scratch);
  }

  // scores_: [inputs, stride] calibrated probabilities; faults_: [inputs].
  void score(std::span<const std::string_view> inputs) {
    const std::size_t width = model_.encoder()->info().dimension;
    features_.resize(inputs.size() * width);
    faults_.assign(inputs.size(), {});
    scores_.resize(inputs.size() * stride_);
    if (inputs.empty()) return;
    model_.encoder()->encode(inputs, threads_, features_, faults_);
    gemm(inputs.size(), classes_, width, {features_.data(), width}, {model_.weights().data(), width, Transpose::kYes},
         0, scores_.data(), stride_);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      apply(model_.calibration(), model_.card().kind, std::span(scores_).subspan(i * stride_, stride_));
  }

  const FrozenModel& model_;
  std::size_t classes_, stride_, threads_ = 1;
  std::vector<JoinedTextScratch> texts_;
  std::vector<std::string_view> inputs_;
  std::vector<std::size_t> places_;  // [inputs]: whose it is
  std::vector<std::size_t> rows_;    // [items]: its row of features
  std::vector<float> features_, scores_;
  std::vector<std::string> faults_;
};

std::unique_ptr<Worker> FrozenModel::new_worker() const {
  return std::make_unique<FrozenWorker>(*this);
}

}  // namespace

void write_frozen_model(const FrozenParts& parts, const std::filesystem::path& path) {
  const std::string card = frozen_card_to_json(parts);
  std::vector<float> classes = parts.calibration.slope;
  classes.insert(classes.end(), parts.calibration.offset.begin(), parts.calibration.offset.end());
  classes.insert(classes.end(), parts.prior.begin(), parts.prior.end());
  ArchiveWriter writer;
  writer.add(kKindSection, std::as_bytes(std::span(parts.card.model)));
  writer.add(kCardSection, std::as_bytes(std::span(card)));
  writer.add("classes", std::span<const float>(classes));
  writer.add("weights", std::span<const float>(parts.weights));
  writer.write(path);
}

FrozenParts read_frozen_model(const Archive& archive) {
  FrozenParts parts = frozen_card_from_json(archive.section(kCardSection));
  const std::size_t classes = parts.card.labels.size();
  const auto kept = [](std::span<const float> values) { return std::vector<float>(values.begin(), values.end()); };
  const std::span<const float> all = archive.values<float>("classes", 3 * classes);
  parts.weights = kept(archive.values<float>("weights", classes * parts.encoder.dimension));
  parts.calibration.slope = kept(all.first(classes));
  parts.calibration.offset = kept(all.subspan(classes, classes));
  parts.prior = kept(all.last(classes));
  if (!std::ranges::all_of(parts.prior, [](float value) { return value >= 0 && value <= 1; }))
    throw Error(ErrorCode::kCorrupt, "the model file's priors are no probabilities");
  return parts;
}

std::shared_ptr<const Classifier> open_frozen_model(Archive archive, EncoderSource& encoders) {
  FrozenParts parts = read_frozen_model(archive);
  auto encoder = encoders.open(parts.encoder);
  return std::make_shared<FrozenModel>(std::move(parts), std::move(encoder));
}

}  // namespace aisle
