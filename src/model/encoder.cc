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

EncoderSource& no_encoders() {
  static NoEncoders none;
  return none;
}

}  // namespace aisle
