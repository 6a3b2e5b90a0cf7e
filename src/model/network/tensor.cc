#include "model/network/tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "core/error.h"
#include "domain/limits.h"

namespace aisle::network {
namespace {

struct DTypeTraits {
  std::string_view name;
  std::size_t bytes;
};
constexpr std::array<DTypeTraits, 10> kDTypes = {{{"f64", 8},
                                                  {"f32", 4},
                                                  {"f16", 2},
                                                  {"bf16", 2},
                                                  {"i64", 8},
                                                  {"i32", 4},
                                                  {"i16", 2},
                                                  {"i8", 1},
                                                  {"u8", 1},
                                                  {"bool", 1}}};

template <typename T, typename Convert>
void convert_all(std::span<const std::byte> bytes, std::span<float> out, Convert convert) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
    out[i] = convert(value);
  }
}

}  // namespace

std::size_t dtype_bytes(DType dtype) {
  return kDTypes.at(static_cast<std::size_t>(dtype)).bytes;
}
std::string_view dtype_name(DType dtype) {
  return kDTypes.at(static_cast<std::size_t>(dtype)).name;
}

std::string dims_text(const Dims& dims) {
  return fmt::format("[{}]", fmt::join(dims, ", "));
}

std::size_t element_count(const Dims& dims) {
  std::size_t count = 1;
  for (const std::int64_t dim : dims) {
    const auto size = static_cast<std::size_t>(dim);
    if (dim < 0 || (size > 0 && count > limits::kTensorElements / size)) {
      throw Error(ErrorCode::kTooLarge, fmt::format("a tensor of shape {} is not possible here: at most {} numbers",
                                                    dims_text(dims), limits::kTensorElements));
    }
    count *= size;
  }
  return count;
}

std::uint16_t bf16_from_float(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>((bits >> 16) | 0x40);
  return static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

float float_from_bf16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

// IEEE 754 binary16: the exponent is moved by a product, which handles subnormal numbers too.
float float_from_f16(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000) << 16;
  const std::uint32_t rest = static_cast<std::uint32_t>(bits & 0x7fff) << 13;
  if ((bits & 0x7c00) == 0x7c00) return std::bit_cast<float>(sign | 0x7f800000 | rest);
  return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(std::bit_cast<float>(rest) * 0x1p112F));
}

void to_floats(const TensorView& tensor, std::span<float> out) {
  switch (tensor.dtype) {
    case DType::kF32:
      if (!out.empty()) std::memcpy(out.data(), tensor.bytes.data(), out.size_bytes());
      return;
    case DType::kF64:
      return convert_all<double>(tensor.bytes, out, [](double value) { return static_cast<float>(value); });
    case DType::kF16:
      return convert_all<std::uint16_t>(tensor.bytes, out, float_from_f16);
    case DType::kBF16:
      return convert_all<std::uint16_t>(tensor.bytes, out, float_from_bf16);
    default:
      throw Error(ErrorCode::kUnsupported,
                  fmt::format("a tensor of type {} is no weight: f64, f32, f16 or bf16 is", dtype_name(tensor.dtype)));
  }
}

std::vector<float> to_floats(const TensorView& tensor) {
  std::vector<float> out(element_count(tensor.shape));
  to_floats(tensor, out);
  return out;
}

}  // namespace aisle::network
