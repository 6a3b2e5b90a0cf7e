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

struct Tensors {
  std::vector<float> pixels;        // [places, H, W, 3]
  std::vector<std::size_t> places;  // of the pictures without a fault
};

// faults: [files].
Tensors prepare(const PicturePreparer& preparer, std::span<const std::string_view> files, std::size_t threads,
                std::span<std::string> faults) {
  const std::size_t pixels = preparer.size();
  Tensors tensors{std::vector<float>(files.size() * pixels), {}};
  std::vector<PicturePreparer::Scratch> scratches(threads);
  parallel_for(files.size(), threads, [&](std::size_t i, std::size_t thread) {
    std::vector<float> planes(pixels);
    faults[i] = preparer.prepare(files[i], planes, scratches[thread]).reason;
    interleave(planes, &tensors.pixels[i * pixels]);
  });
  for (std::size_t i = 0; i < files.size(); ++i) {  // those without a fault move together
    if (!faults[i].empty()) continue;
    const std::size_t to = tensors.places.size();
    if (to != i) std::copy_n(&tensors.pixels[i * pixels], pixels, &tensors.pixels[to * pixels]);
    tensors.places.push_back(i);
  }
  tensors.pixels.resize(tensors.places.size() * pixels);
  return tensors;
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
    const std::size_t width = parts_.info.dimension;
    const Tensors tensors = prepare(*parts_.preparer, inputs, threads, faults);
    std::ranges::fill(out, 0.0F);
    const std::vector<std::size_t>& good = tensors.places;
    if (good.empty()) return;
    const std::vector<float> rows = std::move(parts_.engine->run_pictures(tensors.pixels, threads).front());
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

engine::Ranges measure_ranges(const PicturePreparer& preparer, const engine::Engine& exact,
                              std::span<const std::string_view> files, std::size_t threads) {
  files = files.first(std::min(files.size(), kCalibrationPictures));
  std::vector<std::string> faults(files.size());
  const Tensors tensors = prepare(preparer, files, threads, faults);
  if (tensors.places.empty())
    throw Error(ErrorCode::kInvalidArgument, "int8 is calibrated on pictures, and here is none that can be read");
  return exact.measure_ranges(tensors.pixels, threads);
}

}  // namespace aisle
