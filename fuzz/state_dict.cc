// State dicts of torch.save, in both forms: every tensor can be read from its first byte to its last, and what is
// copied is bounded by the file.
#include "model/network/formats/state_dict.h"
#include "core/error.h"
#include "fuzz.h"

using namespace aisle;
using namespace aisle::network;

namespace {

// Each byte once; the sanitizers say where one is not there.
unsigned sum_of(std::span<const std::byte> bytes) {
  unsigned sum = 0;
  for (const std::byte byte : bytes) sum += static_cast<unsigned>(byte);
  return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> file = std::as_bytes(std::span(data, size));
  if (!is_state_dict(file)) return 0;
  try {
    const TensorList list = read_state_dict(file);
    FUZZ_CHECK(!list.tensors.empty());
    for (const NamedTensor& tensor : list.tensors) {
      FUZZ_CHECK(tensor.view.bytes.size() == element_count(tensor.view.shape) * dtype_bytes(tensor.view.dtype));
      FUZZ_CHECK(sum_of(tensor.view.bytes) <= 255 * tensor.view.bytes.size());
    }
    std::size_t copied = 0;
    for (const auto& copy : list.copies) copied += copy.size();
    FUZZ_CHECK(copied <= size);
  } catch (const Error& error) {
    FUZZ_CHECK(error.code() == ErrorCode::kCorrupt || error.code() == ErrorCode::kUnsupported ||
               error.code() == ErrorCode::kTooLarge);
    FUZZ_CHECK(*error.what() != '\0');
  }
  return 0;
}
