#include "workflow/sampled_encoders.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "core/files.h"
#include "domain/limits.h"
#include "featurize/joined_text.h"
#include "model/engine/engine.h"
#include "model/picture_encoder.h"
#include "train/label_table.h"
#include "train/precision_loss.h"
#include "workflow/backbones.h"

namespace aisle {
namespace {

constexpr std::uint64_t kSampleKey = 0x73616d706c65;  // fixed: the same snapshot gives the same sample
constexpr std::size_t kMostItems = 384, kLeastItems = 96;
constexpr std::size_t kLeastAsked = 16;     // of them, to say anything about a loss
constexpr double kMostMultiplyAdds = 4e11;  // of the whole sample in f32: some seconds of two cores
constexpr std::uint64_t kUsualTokens = 128;
constexpr std::size_t kBatch = 32;
constexpr std::size_t kMostBytes = std::size_t{128} << 20;  // of files held at once, and one more

std::vector<std::string_view> views_of(const std::vector<std::string>& strings) {
  return {strings.begin(), strings.end()};
}

std::size_t sample_size(const network::Network& network) {
  const auto each = static_cast<double>(std::max<std::uint64_t>(1, network.multiply_adds(kUsualTokens)));
  return static_cast<std::size_t>(
      std::clamp(kMostMultiplyAdds / each, static_cast<double>(kLeastItems), static_cast<double>(kMostItems)));
}

Reads reads_of(const Backbone& backbone) {
  return backbone.manifest.input == BackboneInput::kText ? Reads::kText : Reads::kPicture;
}

// The items of the smallest hashes that were offered.
class Lowest {
 public:
  explicit Lowest(std::size_t most) : most_(most) {}
  void offer(std::uint64_t hash, const Item& item) {
    if (most_ == 0 || (items_.size() == most_ && hash >= items_.rbegin()->first)) return;
    items_.emplace(hash, item);
    if (items_.size() > most_) items_.erase(std::prev(items_.end()));
  }
  const std::multimap<std::uint64_t, Item>& items() const { return items_; }

 private:
  std::size_t most_;
  std::multimap<std::uint64_t, Item> items_;
};

// An encoder with what was measured of it: the model's card keeps that.
class MeasuredEncoder final : public Encoder {
 public:
  MeasuredEncoder(std::shared_ptr<const Encoder> inner, std::map<std::string, double> losses)
      : inner_(std::move(inner)), info_(inner_->info()) {
    info_.losses = std::move(losses);
  }
  const EncoderInfo& info() const override { return info_; }
  void encode(std::span<const std::string_view> inputs, std::size_t threads, std::span<float> out,
              std::span<std::string> faults) const override {
    inner_->encode(inputs, threads, out, faults);
  }

 private:
  std::shared_ptr<const Encoder> inner_;
  EncoderInfo info_;
};

}  // namespace

// Items to fit a classifier on, then as many as `asked` of validation.
struct SampledEncoders::Sample {
  Reads reads = Reads::kText;
  std::vector<std::string> inputs;                 // texts, or the paths of pictures
  std::vector<std::vector<std::uint32_t>> labels;  // of each input
  std::size_t fitted = 0, classes = 0;

  // Up to `most` of them from `first` on, as an encoder reads them. Pictures are large: not all are held at once.
  std::vector<std::string> load(std::size_t first, std::size_t most) const {
    std::vector<std::string> loaded;
    std::size_t bytes = 0;
    for (std::size_t i = first; i < inputs.size() && loaded.size() < most && bytes < kMostBytes; ++i)
      bytes +=
          loaded.emplace_back(reads == Reads::kText ? inputs[i] : read_file(inputs[i], limits::kPictureBytes)).size();
    return loaded;
  }
};

// A third of the sample is validation; where there is too little of that, training items stand in.
SampledEncoders::Sample SampledEncoders::take_sample(Reads reads, std::size_t items) {
  Lowest train(items), validation(items / 3);
  const auto source = context_.workspace.training->read_snapshot(task_.id, snapshot_, std::nullopt);
  JoinedTextScratch scratch;
  for (Item item; source->next(item);) {
    const bool has = reads == Reads::kPicture ? !item.image.empty() : !joined_text({item.texts, {}}, scratch).empty();
    if (!has || item.labels.empty() || item.split == Split::kTest) continue;
    const std::uint64_t hash = hash64(item.group.empty() ? item.id : item.group, kSampleKey);
    (item.split == Split::kValidation ? validation : train).offer(hash, item);
  }
  std::vector<const Item*> order;
  for (const auto& [hash, item] : train.items()) order.push_back(&item);
  const bool has_validation = validation.items().size() >= kLeastAsked;
  if (has_validation) {
    order.resize(std::min(order.size(), items - validation.items().size()));
    for (const auto& [hash, item] : validation.items()) order.push_back(&item);
  }
  const std::size_t asked = has_validation ? validation.items().size() : order.size() / 3;
  Sample sample{reads, {}, {}, order.size() - asked, 0};
  LabelTable table;
  for (const Item* item : order) {
    sample.inputs.push_back(reads == Reads::kPicture
                                ? context_.workspace.blobs->path_of(Digest::from_hex(item->image)).string()
                                : std::string(joined_text({item->texts, {}}, scratch)));
    auto& labels = sample.labels.emplace_back();
    for (const std::string& label : item->labels) labels.push_back(table.add(label));
  }
  sample.classes = table.size();
  return sample;
}

// The sample's features in f32, and those of a narrower precision against them.
class SampledEncoders::Trial {
 public:
  Trial(const Sample& sample, const Task& task, std::size_t threads)
      : sample_(sample), options_{.kind = task.kind, .classes = sample.classes, .threads = threads} {}

  DenseSet features(const Encoder& encoder, const CancelToken& cancel) {
    const std::size_t width = encoder.info().dimension;
    std::vector<float> rows(kBatch * width);
    std::vector<std::string> faults(kBatch);  // their rows are zeros in every precision
    DenseSet set;
    set.dimension = width;
    for (std::size_t i = 0; i < sample_.inputs.size();) {
      cancel.check();
      const std::vector<std::string> loaded = sample_.load(i, kBatch);
      encoder.encode(views_of(loaded), options_.threads, std::span(rows).first(loaded.size() * width),
                     std::span(faults).first(loaded.size()));
      for (std::size_t k = 0; k < loaded.size(); ++k, ++i)
        set.add(std::span(rows).subspan(k * width, width), sample_.labels[i]);
    }
    return set;
  }

  double loss(const DenseSet& exact, const Encoder& narrow, const CancelToken& cancel) {
    return precision_loss(exact, features(narrow, cancel), sample_.fitted, options_, cancel);
  }

 private:
  const Sample& sample_;
  DenseOptions options_;
};

std::shared_ptr<const Encoder> SampledEncoders::open(std::string_view backbone, std::string_view precision) {
  const Backbone found = require_backbone(context_, backbone);
  const Reads reads = reads_of(found);
  const bool calibrates = precision == "int8" && reads == Reads::kPicture;
  if (!calibrates && precision != "auto") return inner_.open(backbone, precision);
  const Sample sample = take_sample(reads, sample_size(open_backbone(context_, found).network));
  return calibrates ? open_bytes(backbone, sample) : choose(backbone, sample);
}

std::shared_ptr<const Encoder> SampledEncoders::open_bytes(std::string_view backbone, const Sample& sample) {
  if (reads_of(require_backbone(context_, backbone)) == Reads::kText) return inner_.open(backbone, "int8");
  const std::vector<std::string> pictures = sample.load(0, kCalibrationPictures);
  return inner_.calibrate(backbone, views_of(pictures), threads_);
}

std::shared_ptr<const Encoder> SampledEncoders::choose(std::string_view backbone, const Sample& sample) {
  std::shared_ptr<const Encoder> chosen = inner_.open(backbone, "f32");
  const std::size_t asked = sample.inputs.size() - sample.fitted;
  if (asked < kLeastAsked || sample.classes < 2) {
    context_.progress.message("too few items to measure what a faster precision costs: features are computed in f32");
    return chosen;
  }
  Trial trial(sample, task_, threads_);
  context_.progress.update({.stage = "choosing the precision"});
  const DenseSet exact = trial.features(*chosen, context_.cancel);
  std::map<std::string, double> losses;
  engine::choose_precision([&](engine::Precision precision) {
    const std::string name(engine::precision_name(precision));
    const auto narrow =
        precision == engine::Precision::kInt8 ? open_bytes(backbone, sample) : inner_.open(backbone, name);
    const double loss = losses[name] = trial.loss(exact, *narrow, context_.cancel);
    const bool is_small = loss <= kMostPrecisionLoss;
    context_.progress.message(fmt::format("'{}' in {}: log loss {:+.4f} on {} items, {}", backbone, name, loss, asked,
                                          is_small ? "taken" : "too much"));
    if (is_small) chosen = narrow;
    return is_small;
  });
  return std::make_shared<MeasuredEncoder>(std::move(chosen), std::move(losses));
}

}  // namespace aisle
