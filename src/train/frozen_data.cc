#include "train/frozen_data.h"

#include <algorithm>
#include <cmath>

#include "core/clock.h"
#include "core/digest.h"
#include "featurize/joined_text.h"

namespace aisle {
namespace {

constexpr std::size_t kBatchItems = 256;

class FeatureReader {
 public:
  FeatureReader(const Encoder& encoder, std::size_t threads, std::size_t max_bytes)
      : encoder_(encoder), threads_(threads), max_rows_(max_bytes / (encoder.info().dimension * sizeof(float))) {
    data_.set.dimension = encoder.info().dimension;
  }

  void add(const std::vector<TrainItem>& items) {
    std::vector<std::string_view> inputs;
    std::vector<const TrainItem*> owners;
    std::vector<std::uint32_t> places;
    texts_.resize(std::max(texts_.size(), items.size()));
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!kept(items[i].key)) {
        ++data_.left_out;
        continue;
      }
      const std::string_view input = encoder_.info().reads == Reads::kPicture
                                         ? std::string_view(items[i].picture)
                                         : joined_text({items[i].texts, {}}, texts_[i]);
      if (input.empty()) {
        ++data_.without_input;
        data_.unread.push_back(read_ + static_cast<std::uint32_t>(i));
        continue;
      }
      inputs.push_back(input);
      owners.push_back(&items[i]);
      places.push_back(read_ + static_cast<std::uint32_t>(i));
    }
    encode(inputs, owners, places);
    read_ += static_cast<std::uint32_t>(items.size());
    while (data_.set.size() > max_rows_) thin();
  }

  FrozenData take() { return std::move(data_); }
  std::size_t rows() const { return data_.set.size(); }

 private:
  bool kept(std::uint64_t key) const { return is_kept(key, mask_); }

  void encode(const std::vector<std::string_view>& inputs, const std::vector<const TrainItem*>& owners,
              const std::vector<std::uint32_t>& places) {
    const std::size_t width = data_.set.dimension;
    rows_.resize(inputs.size() * width);
    faults_.assign(inputs.size(), {});
    encoder_.encode(inputs, threads_, rows_, faults_);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!faults_[i].empty()) {
        if (data_.faulty++ == 0) data_.fault = faults_[i];
        data_.unread.push_back(places[i]);
        continue;
      }
      data_.set.add(std::span(rows_).subspan(i * width, width), owners[i]->labels);
      data_.keys.push_back(owners[i]->key);
      data_.validation.push_back(owners[i]->validation);
      data_.numbers.push_back(places[i]);
    }
  }

  void thin() {
    mask_ = mask_ * 2 + 1;
    FrozenData kept_data;
    kept_data.set.dimension = data_.set.dimension;
    for (std::size_t i = 0; i < data_.set.size(); ++i) {
      if (!kept(data_.keys[i])) continue;
      kept_data.set.add(data_.set.row(i), data_.set.item_labels(i));
      kept_data.keys.push_back(data_.keys[i]);
      kept_data.validation.push_back(data_.validation[i]);
      kept_data.numbers.push_back(data_.numbers[i]);
    }
    data_.left_out += data_.set.size() - kept_data.set.size();
    data_.set = std::move(kept_data.set);
    data_.keys = std::move(kept_data.keys);
    data_.validation = std::move(kept_data.validation);
    data_.numbers = std::move(kept_data.numbers);
  }

  const Encoder& encoder_;
  std::size_t threads_, max_rows_;
  std::uint64_t mask_ = 0;
  std::uint32_t read_ = 0;  // items so far
  FrozenData data_;
  std::vector<JoinedTextScratch> texts_;
  std::vector<float> rows_;
  std::vector<std::string> faults_;
};

}  // namespace

bool is_kept(std::uint64_t key, std::uint64_t mask) {
  return (mix64(key) >> 32 & mask) == 0;
}

FrozenData read_features(TrainItemReader& reader, const Encoder& encoder, std::size_t threads, std::size_t max_bytes,
                         const TrainCallbacks& callbacks) {
  FeatureReader features(encoder, threads, max_bytes);
  const Stopwatch watch;
  std::uint64_t done = 0;
  for (std::vector<TrainItem> batch = reader.take(kBatchItems); !batch.empty(); batch = reader.take(kBatchItems)) {
    callbacks.cancel.check();
    features.add(batch);
    done += batch.size();
    const std::string rate =
        std::to_string(static_cast<long>(static_cast<double>(done) / watch.seconds())) + " a second";
    callbacks.progress.update(
        {.stage = "computing features", .done = done, .total = 0, .unit = "items", .detail = rate});
  }
  return features.take();
}

FeatureScale fit_scale(const DenseSet& set) {
  FeatureScale scale{std::vector<float>(set.dimension), 1};
  if (set.size() == 0) return scale;
  std::vector<double> sums(set.dimension);
  double squares = 0;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const std::span<const float> row = set.row(i);
    for (std::size_t d = 0; d < row.size(); ++d) {
      sums[d] += row[d];
      squares += static_cast<double>(row[d]) * row[d];
    }
  }
  const auto count = static_cast<double>(set.size());
  double variance = squares / count;  // of a whole row
  for (std::size_t d = 0; d < set.dimension; ++d) {
    scale.mean[d] = static_cast<float>(sums[d] / count);
    variance -= sums[d] / count * (sums[d] / count);
  }
  if (variance > 1e-12) scale.scale = static_cast<float>(1 / std::sqrt(variance));
  return scale;
}

void apply(const FeatureScale& scale, DenseSet& set) {
  for (std::size_t i = 0; i < set.rows.size(); ++i)
    set.rows[i] = (set.rows[i] - scale.mean[i % set.dimension]) * scale.scale;
}

}  // namespace aisle
