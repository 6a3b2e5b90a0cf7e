#include "model/encoder.h"

#include "core/error.h"

namespace aisle {
namespace {

class NoEncoders final : public EncoderSource {
 public:
  std::shared_ptr<const Encoder> open(std::string_view backbone, std::string_view) override { refuse(backbone); }
  std::shared_ptr<const Encoder> open(const EncoderInfo& info) override { refuse(info.backbone); }

 private:
  [[noreturn]] static void refuse(std::string_view backbone) {
    throw Error(ErrorCode::kNotFound, "there is no backbone '" + std::string(backbone.substr(0, 80)) +
                                          "' here; add it with `aisle backbone add`");
  }
};

}  // namespace

std::string feature_space(const EncoderInfo& info) {
  std::string space = info.digest.hex() + "/" + info.precision;
  if (info.ranges.empty()) return space;
  std::string ranges;
  for (const auto& [name, top] : info.ranges) {
    ranges += name;
    ranges.append(reinterpret_cast<const char*>(&top), sizeof top);
  }
  return space + "/" + digest_of(ranges).hex();
}

std::shared_ptr<const Encoder> EncoderSource::calibrate(std::string_view backbone, std::span<const std::string_view>,
                                                        std::size_t) {
  throw Error(ErrorCode::kUnsupported, "the backbone '" + std::string(backbone) + "' cannot be calibrated here");
}

EncoderSource& no_encoders() {
  static NoEncoders none;
  return none;
}

}  // namespace aisle
