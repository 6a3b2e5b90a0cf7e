// safetensors: what is taken lies within the bytes, fits its shape, and no byte belongs to two tensors.
#include "model/network/formats/safetensors.h"
#include "core/error.h"
#include "fuzz.h"

using namespace aisle;
using namespace aisle::network;

namespace {

void check(const NamedTensor& tensor, std::span<const std::byte> file) {
  const std::span<const std::byte> bytes = tensor.view.bytes;
  FUZZ_CHECK(bytes.size() == element_count(tensor.view.shape) * dtype_bytes(tensor.view.dtype));
  FUZZ_CHECK(bytes.data() >= file.data() && bytes.size() <= file.size());
  FUZZ_CHECK(bytes.data() + bytes.size() <= file.data() + file.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> file = std::as_bytes(std::span(data, size));
  if (!is_safetensors(file)) return 0;
  try {
    std::size_t total = 0;
    for (const NamedTensor& tensor : read_safetensors(file)) {
      check(tensor, file);
      total += tensor.view.bytes.size();
    }
    FUZZ_CHECK(total < size);
  } catch (const Error& error) {
    FUZZ_CHECK(error.code() == ErrorCode::kCorrupt || error.code() == ErrorCode::kUnsupported ||
               error.code() == ErrorCode::kTooLarge);
    FUZZ_CHECK(*error.what() != '\0');
  }
  return 0;
}
