#include <cstring>

#include "model/engine/picture_math.h"

namespace aisle::engine {

void read_pixels(const PixelType& type, const std::byte* from, std::size_t count, float* out) {
  if (type.type == DataType::f32) {
    std::memcpy(out, from, count * sizeof(float));
  } else if (type.type == DataType::bf16) {
    const auto* values = reinterpret_cast<const std::uint16_t*>(from);
    for (std::size_t i = 0; i < count; ++i) out[i] = network::float_from_bf16(values[i]);
  } else if (type.type == DataType::s8) {
    for (std::size_t i = 0; i < count; ++i) out[i] = type.step * static_cast<float>(static_cast<std::int8_t>(from[i]));
  } else {
    for (std::size_t i = 0; i < count; ++i) out[i] = type.step * static_cast<float>(from[i]);
  }
}

void write_pixels(const PixelType& type, const float* from, std::size_t count, std::byte* out) {
  if (type.type == DataType::f32) {
    std::memcpy(out, from, count * sizeof(float));
  } else if (type.type == DataType::bf16) {
    kernels().to_bf16(from, count, reinterpret_cast<std::uint16_t*>(out));
  } else {
    const bool is_signed = type.type == DataType::s8;
    kernels().to_bytes(from, count, 1 / type.step, is_signed ? -127.0F : 0.0F, is_signed ? 127.0F : 255.0F,
                       reinterpret_cast<std::uint8_t*>(out));
  }
}

}  // namespace aisle::engine
