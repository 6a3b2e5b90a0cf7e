#include "model/picture_encoder.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/parallel.h"

namespace aisle {
namespace {

constexpr std::size_t kBatch = 16;  // pictures in memory at a time: 10 MB at 224 x 224

// [3, H, W] to [H, W, 3], as the engine takes it.
void interleave(std::span<const float> planes, float* out) {
  const std::size_t plane = planes.size() / 3;
  for (std::size_t i = 0; i < plane; ++i) {
    for (std::size_t c = 0; c < 3; ++c) out[3 * i + c] = planes[c * plane + i];
  }
}

class PictureEncoder final : public Encoder {
 public:
  explicit PictureEncoder(PictureEncoderParts parts) : parts_(std::move(parts)) {}

  const EncoderInfo& info() const override { return parts_.info; }

  void encode(std::span<const std::string_view> inputs, std::size_t threads, std::span<float> out,
              std::span<std::string> faults) const override {
    for (std::size_t from = 0; from < inputs.size(); from += kBatch) {
      const std::size_t count = std::min(kBatch, inputs.size() - from);
      encode_batch(inputs.subspan(from, count), threads,
                   out.subspan(from * parts_.info.dimension, count * parts_.info.dimension),
                   faults.subspan(from, count));
    }
  }

 private:
  void encode_batch(std::span<const std::string_view> inputs, std::size_t threads, std::span<float> out,
                    std::span<std::string> faults) const {
    const std::size_t pixels = parts_.preparer->size(), width = parts_.info.dimension;
    std::vector<float> tensors(inputs.size() * pixels);
    std::vector<PicturePreparer::Scratch> scratches(threads);
    parallel_for(inputs.size(), threads, [&](std::size_t i, std::size_t thread) {
      std::vector<float> planes(pixels);
      faults[i] = parts_.preparer->prepare(inputs[i], planes, scratches[thread]).reason;
      interleave(planes, &tensors[i * pixels]);
    });
    std::ranges::fill(out, 0.0F);
    std::vector<std::size_t> good;  // their tensors moved together
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!faults[i].empty()) continue;
      if (good.size() != i) std::copy_n(&tensors[i * pixels], pixels, &tensors[good.size() * pixels]);
      good.push_back(i);
    }
    if (good.empty()) return;
    tensors.resize(good.size() * pixels);
    const std::vector<float> rows = std::move(parts_.engine->run_pictures(tensors, threads).front());
    for (std::size_t i = 0; i < good.size(); ++i) std::copy_n(&rows[i * width], width, &out[good[i] * width]);
  }

  PictureEncoderParts parts_;
};

}  // namespace

std::shared_ptr<const Encoder> make_picture_encoder(PictureEncoderParts parts) {
  if (parts.engine->width(0) != parts.info.dimension) {
    throw Error(ErrorCode::kCorrupt,
                "the network gives " + std::to_string(parts.engine->width(0)) + " features, not " +
                    std::to_string(parts.info.dimension),
                {{"backbone", parts.info.backbone}});
  }
  return std::make_shared<PictureEncoder>(std::move(parts));
}

}  // namespace aisle
