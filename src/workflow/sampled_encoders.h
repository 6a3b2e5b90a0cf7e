// Encoders for the training of one snapshot: what wants to see items first sees a sample of it. "auto" takes the
// fastest precision whose loss on validation items is small; int8 of pictures is calibrated.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/encoder.h"
#include "workflow/context.h"

namespace aisle {

class SampledEncoders final : public EncoderSource {
 public:
  // Borrows all but the numbers. `inner` opens; samples are of the training and validation parts of the snapshot.
  SampledEncoders(Context& context, EncoderSource& inner, const Task& task, std::int64_t snapshot, std::size_t threads)
      : context_(context), inner_(inner), task_(task), snapshot_(snapshot), threads_(threads) {}

  std::shared_ptr<const Encoder> open(std::string_view backbone, std::string_view precision) override;
  std::shared_ptr<const Encoder> open(const EncoderInfo& info) override { return inner_.open(info); }
  std::shared_ptr<const Encoder> calibrate(std::string_view backbone, std::span<const std::string_view> pictures,
                                           std::size_t threads) override {
    return inner_.calibrate(backbone, pictures, threads);
  }

 private:
  struct Sample;
  class Trial;

  std::shared_ptr<const Encoder> open_bytes(std::string_view backbone, const Sample& sample);
  std::shared_ptr<const Encoder> choose(std::string_view backbone, const Sample& sample);
  Sample take_sample(Reads reads, std::size_t items);

  Context& context_;
  EncoderSource& inner_;
  const Task& task_;
  std::int64_t snapshot_;
  std::size_t threads_;
};

}  // namespace aisle
