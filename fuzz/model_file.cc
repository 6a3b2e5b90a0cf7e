// A model file from outside: opened and asked, whatever it says.
#include <cstring>
#include <new>

#include "core/error.h"
#include "fuzz.h"
#include "model/archive.h"
#include "model/classifier.h"

using namespace aisle;

namespace {

// A copy on the boundary that a mapped file has.
struct Mapped {
  explicit Mapped(const std::uint8_t* data, std::size_t count)
      : size(count), bytes(static_cast<std::byte*>(::operator new[](count + 1, std::align_val_t(64)))) {
    std::memcpy(bytes, data, count);
  }
  ~Mapped() { ::operator delete[](bytes, std::align_val_t(64)); }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;

  std::size_t size;
  std::byte* bytes;
};

void ask(const Classifier& model) {
  const std::vector<std::string> texts = {"a title of some words", "and a body <b>with</b> a few more"};
  std::vector<float> probabilities(model.card().labels.size());
  const auto worker = model.new_worker();
  worker->probabilities({texts}, probabilities);
  Prediction prediction;
  decide(model.card(), probabilities, 3, prediction);
  worker->explain({texts}, 0, 5);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Mapped file(data, size);
  try {
    ask(*open_classifier(Archive::parse({file.bytes, file.size}), no_encoders(), 0));
  } catch (const Error& error) {
    FUZZ_CHECK(error.code() == ErrorCode::kCorrupt || error.code() == ErrorCode::kUnsupported ||
               error.code() == ErrorCode::kNotFound);
  }
  return 0;
}
