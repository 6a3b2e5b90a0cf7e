// A frozen network with everything that prepares its input: texts or pictures to rows of numbers (features). Immutable
// and shared between threads; models of one process share one encoder of a backbone and precision.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.h"

namespace aisle {

enum class Reads : std::uint8_t { kText, kPicture };

struct EncoderInfo {
  std::string backbone;   // its name in the workspace
  Digest digest;          // of the backbone's files: what features depend on
  std::string precision;  // "f32", "bf16", "int8"
  Reads reads = Reads::kText;
  std::size_t dimension = 0;
  // int8 of pictures: the largest magnitude of each of the network's values, as measured on pictures (calibrate).
  std::map<std::string, float> ranges = {};
  // Where "auto" chose: what each precision that it tried would cost, in mean log loss on validation items.
  std::map<std::string, double> losses = {};
};

// Names all that features depend on: "BACKBONE/bf16".
std::string feature_space(const EncoderInfo& info);

class Encoder {
 public:
  virtual ~Encoder() = default;
  virtual const EncoderInfo& info() const = 0;
  // inputs: texts (UTF-8), or whole picture files. out: [inputs, dimension] float32; rows of faulty inputs are zeros.
  // faults: [inputs], "" or what is wrong with a picture or a text. `threads` at most. Thread-safe.
  virtual void encode(std::span<const std::string_view> inputs, std::size_t threads, std::span<float> out,
                      std::span<std::string> faults) const = 0;
};

// Where encoders come from: the workspace's backbones, or fakes in tests.
class EncoderSource {
 public:
  virtual ~EncoderSource() = default;
  // By the name that a person gave. precision: "f32", "bf16", "int8" or "auto". kNotFound names the backbones there are
  // and how to add one; kInvalidArgument where the processor does not have the precision.
  virtual std::shared_ptr<const Encoder> open(std::string_view backbone, std::string_view precision) = 0;
  // By what a model was trained on, whatever its name is now. A precision that this processor does not have becomes
  // f32, and the person is told.
  virtual std::shared_ptr<const Encoder> open(const EncoderInfo& info) = 0;
  // int8 of a network that reads pictures wants to see some of them first: whole files, those that cannot be read are
  // left out. kInvalidArgument where none is left.
  virtual std::shared_ptr<const Encoder> calibrate(std::string_view backbone,
                                                   std::span<const std::string_view> pictures, std::size_t threads);
};

// Has none: for what needs none.
EncoderSource& no_encoders();

}  // namespace aisle
