#include "model/network/formats/safetensors.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/error.h"
#include "model/network/formats/safetensors_header.h"

namespace aisle::network {
namespace {

constexpr std::size_t kSizeBytes = 8;
constexpr std::uint64_t kMostHeaderBytes = 16 << 20;

[[noreturn]] void corrupt(const std::string& what) {
  throw Error(ErrorCode::kCorrupt, "the safetensors file is broken: " + what);
}

std::uint64_t header_size(std::span<const std::byte> bytes) {
  std::uint64_t size = 0;
  std::memcpy(&size, bytes.data(), sizeof size);
  return size;
}

constexpr std::pair<std::string_view, DType> kTypes[] = {
    {"F64", DType::kF64}, {"F32", DType::kF32}, {"F16", DType::kF16}, {"BF16", DType::kBF16}, {"I64", DType::kI64},
    {"I32", DType::kI32}, {"I16", DType::kI16}, {"I8", DType::kI8},   {"U8", DType::kU8},     {"BOOL", DType::kBool},
};

DType type_of(const HeaderEntry& entry) {
  const auto found =
      std::ranges::find(kTypes, std::string_view(entry.dtype), [](const auto& type) { return type.first; });
  if (found != std::end(kTypes)) return found->second;
  throw Error(ErrorCode::kUnsupported, "tensor '" + entry.name + "' has numbers of the type '" +
                                           entry.dtype.substr(0, 40) + "'; F32, F16 and BF16 are weights here");
}

TensorView view_of(const HeaderEntry& entry, std::span<const std::byte> data) {
  if (entry.begin > entry.end || entry.end > data.size()) {
    corrupt("tensor '" + entry.name + "' lies at bytes " + std::to_string(entry.begin) + " to " +
            std::to_string(entry.end) + " of " + std::to_string(data.size()));
  }
  const DType type = type_of(entry);
  const std::uint64_t size = entry.end - entry.begin;
  if (element_count(entry.shape) * dtype_bytes(type) != size) {
    corrupt("tensor '" + entry.name + "' of type " + entry.dtype + " and shape " + dims_text(entry.shape) +
            " cannot have " + std::to_string(size) + " bytes");
  }
  return {type, entry.shape, data.subspan(entry.begin, size)};
}

// As the reference checks: one after the other, from the first byte to the last.
void check_coverage(std::vector<HeaderEntry>& entries, std::size_t data_bytes) {
  std::ranges::sort(entries, {}, [](const HeaderEntry& entry) { return std::pair(entry.begin, entry.end); });
  std::uint64_t expected = 0;
  for (const HeaderEntry& entry : entries) {
    if (entry.begin != expected) {
      corrupt("tensor '" + entry.name + "' starts at byte " + std::to_string(entry.begin) + " of the data, not at " +
              std::to_string(expected) + " where the one before it ends");
    }
    expected = entry.end;
  }
  if (expected != data_bytes) {
    corrupt("its tensors have " + std::to_string(expected) + " bytes, the file holds " + std::to_string(data_bytes));
  }
}

}  // namespace

bool is_safetensors(std::span<const std::byte> bytes) {
  return bytes.size() > kSizeBytes && bytes[kSizeBytes] == std::byte{'{'};
}

std::vector<NamedTensor> read_safetensors(std::span<const std::byte> bytes) {
  if (!is_safetensors(bytes)) corrupt("it does not start as one");
  const std::uint64_t size = header_size(bytes);
  if (size > bytes.size() - kSizeBytes) {
    corrupt("its header should have " + std::to_string(size) + " bytes, the whole file has " +
            std::to_string(bytes.size()));
  }
  if (size > kMostHeaderBytes) throw Error(ErrorCode::kTooLarge, "the safetensors header has more than 16 MB");
  std::vector<HeaderEntry> entries =
      parse_header({reinterpret_cast<const char*>(bytes.data()) + kSizeBytes, static_cast<std::size_t>(size)});
  const std::span<const std::byte> data = bytes.subspan(kSizeBytes + size);
  check_coverage(entries, data.size());
  std::vector<NamedTensor> tensors;
  for (const HeaderEntry& entry : entries) tensors.push_back({entry.name, view_of(entry, data)});
  return tensors;
}

}  // namespace aisle::network
