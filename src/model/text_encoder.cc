#include "model/text_encoder.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>
#include <vector>

#include "core/error.h"

namespace aisle {
namespace {

constexpr std::size_t kMaxKeptScratches = 64;

// A tokenizer's scratch remembers words, so it is worth keeping between calls.
class ScratchPool {
 public:
  std::unique_ptr<SubwordScratch> take() {
    const std::scoped_lock lock(mutex_);
    if (free_.empty()) return std::make_unique<SubwordScratch>();
    auto scratch = std::move(free_.back());
    free_.pop_back();
    return scratch;
  }
  void give(std::unique_ptr<SubwordScratch> scratch) {
    const std::scoped_lock lock(mutex_);
    if (free_.size() < kMaxKeptScratches) free_.push_back(std::move(scratch));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<SubwordScratch>> free_;
};

void normalize_row(std::span<float> row) {
  double squares = 0;
  for (const float value : row) squares += static_cast<double>(value) * value;
  if (!(squares > 0)) return;
  const auto scale = static_cast<float>(1 / std::sqrt(squares));
  for (float& value : row) value *= scale;
}

class TextEncoder final : public Encoder {
 public:
  explicit TextEncoder(TextEncoderParts parts) : parts_(std::move(parts)) {}

  const EncoderInfo& info() const override { return parts_.info; }

  void encode(std::span<const std::string_view> inputs, std::size_t threads, std::span<float> out,
              std::span<std::string> faults) const override {
    std::ranges::fill(faults, std::string());
    if (inputs.empty()) return;
    TokenBatch batch;
    auto scratch = scratches_.take();
    parts_.tokenizer->encode(inputs, parts_.max_tokens, *scratch, batch);
    scratches_.give(std::move(scratch));
    run(batch, threads, out, faults);
  }

 private:
  void run(const TokenBatch& batch, std::size_t threads, std::span<float> out, std::span<std::string> faults) const {
    const std::size_t width = parts_.info.dimension;
    std::ranges::fill(out, 0.0F);
    std::vector<engine::Text> texts;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (batch.text(i).empty()) {  // a tokenizer without special tokens, and a text of what it drops
        faults[i] = "the text has no tokens";
        continue;
      }
      texts.push_back(batch.text(i));
      places.push_back(i);
    }
    if (texts.empty()) return;
    const std::vector<float> rows = std::move(parts_.engine->run_texts(texts, threads).front());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const std::span<float> row = out.subspan(places[i] * width, width);
      std::copy_n(&rows[i * width], width, row.begin());
      if (parts_.normalize) normalize_row(row);
    }
  }

  TextEncoderParts parts_;
  mutable ScratchPool scratches_;
};

}  // namespace

std::shared_ptr<const Encoder> make_text_encoder(TextEncoderParts parts, std::size_t network_vocabulary) {
  if (parts.tokenizer->vocabulary_size() > network_vocabulary) {
    throw Error(ErrorCode::kCorrupt,
                "the tokenizer has ids up to " + std::to_string(parts.tokenizer->vocabulary_size()) +
                    ", the network knows " + std::to_string(network_vocabulary),
                {{"backbone", parts.info.backbone}});
  }
  if (parts.engine->width(0) != parts.info.dimension) {
    throw Error(ErrorCode::kCorrupt,
                "the network gives " + std::to_string(parts.engine->width(0)) + " features, not " +
                    std::to_string(parts.info.dimension),
                {{"backbone", parts.info.backbone}});
  }
  return std::make_shared<TextEncoder>(std::move(parts));
}

}  // namespace aisle
