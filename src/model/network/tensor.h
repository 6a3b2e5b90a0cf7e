// Weights by name, as a file, a mapped archive or a trainer offers them. Nothing here knows a file format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aisle::network {

enum class DType : std::uint8_t { kF64, kF32, kF16, kBF16, kI64, kI32, kI16, kI8, kU8, kBool };

std::size_t dtype_bytes(DType dtype);
std::string_view dtype_name(DType dtype);  // "f32"

using Dims = std::vector<std::int64_t>;

// The product; throws kTooLarge where a size is negative or the product passes limits::kTensorElements.
std::size_t element_count(const Dims& dims);
std::string dims_text(const Dims& dims);  // "[768, 3072]"

// Row-major, little-endian, of any alignment. bytes.size() == element_count(shape) * dtype_bytes(dtype): who makes one
// has checked it.
struct TensorView {
  DType dtype = DType::kF32;
  Dims shape;
  std::span<const std::byte> bytes;
};

// Safe to read from several threads. Views live as long as the source.
class WeightSource {
 public:
  virtual ~WeightSource() = default;
  virtual std::optional<TensorView> find(std::string_view name) const = 0;
  virtual std::vector<std::string> names() const = 0;
};

// The values as float32. kUnsupported for whole numbers.
std::vector<float> to_floats(const TensorView& tensor);
void to_floats(const TensorView& tensor, std::span<float> out);  // out.size() == element_count(tensor.shape)

std::uint16_t bf16_from_float(float value);  // to nearest, ties to even
float float_from_bf16(std::uint16_t bits);
float float_from_f16(std::uint16_t bits);

}  // namespace aisle::network
