// Encoders for tests: features that follow from the bytes alone, so that a test can tell them beforehand.
#pragma once

#include <atomic>
#include <memory>
#include <sstream>
#include <string>

#include "core/digest.h"
#include "core/error.h"
#include "model/encoder.h"

namespace aisle::tests {

// Each word of the input adds 1 to the feature that its hash names. An input that begins with "damaged" has a fault.
class CountingEncoder final : public Encoder {
 public:
  explicit CountingEncoder(Reads reads = Reads::kText, std::size_t dimension = 256)
      : info_{reads == Reads::kText ? "words" : "pixels", digest_of("counting"), "f32", reads, dimension} {}

  const EncoderInfo& info() const override { return info_; }

  void encode(std::span<const std::string_view> inputs, std::size_t, std::span<float> out,
              std::span<std::string> faults) const override {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      ++encoded;
      const std::span<float> row = out.subspan(i * info_.dimension, info_.dimension);
      std::ranges::fill(row, 0.0F);
      if (inputs[i].starts_with("damaged")) {
        faults[i] = "the picture is damaged or cut short";
        continue;
      }
      std::istringstream words{std::string(inputs[i])};
      for (std::string word; words >> word;) row[hash64(word, 2) % info_.dimension] += 1;
    }
  }

  mutable std::atomic<int> encoded = 0;  // inputs so far

 private:
  EncoderInfo info_;
};

// The two of them, by name.
class CountingEncoders final : public EncoderSource {
 public:
  std::shared_ptr<const Encoder> open(std::string_view backbone, std::string_view) override {
    if (backbone == "words") return words;
    if (backbone == "pixels") return pixels;
    throw Error(ErrorCode::kNotFound, "there is no backbone '" + std::string(backbone) + "'");
  }
  std::shared_ptr<const Encoder> open(const EncoderInfo& info) override { return open(info.backbone, info.precision); }

  std::shared_ptr<CountingEncoder> words = std::make_shared<CountingEncoder>(Reads::kText);
  std::shared_ptr<CountingEncoder> pixels = std::make_shared<CountingEncoder>(Reads::kPicture);
};

}  // namespace aisle::tests
