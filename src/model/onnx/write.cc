#include "model/onnx/write.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "core/error.h"
#include "core/files.h"
#include "core/own_library.h"
#include "model/onnx/library/door.h"

namespace aisle::onnx {
namespace {

constexpr OwnLibrary::Name kName = {"libaisle_onnx.so", "AISLE_ONNX_LIBRARY", "ONNX files cannot be written"};

decltype(&aisle_onnx_write) open_library() {
  const OwnLibrary library = OwnLibrary::open(kName);
  if (library.function<decltype(&aisle_onnx_interface)>("aisle_onnx_interface")() != AISLE_ONNX_INTERFACE)
    library.refuse("belongs to another version of Aisle");
  return library.function<decltype(&aisle_onnx_write)>("aisle_onnx_write");
}

// A file beside the wanted one; removed unless it was published.
class PartFile {
 public:
  explicit PartFile(const std::filesystem::path& wanted)
      : path_(wanted.string() + ".part"), file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
    if (file_ < 0) throw errno_error("cannot create", path_);
  }
  ~PartFile() {
    ::close(file_);
    ::unlink(path_.c_str());
  }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  int descriptor() const { return file_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int file_;
};

std::uint64_t bytes_of(const Initializer& initializer) {
  std::uint64_t bytes = std::holds_alternative<std::vector<std::int64_t>>(initializer.values) ? 8 : 4;
  for (const std::int64_t dim : initializer.dims) bytes *= static_cast<std::uint64_t>(dim);
  return bytes;
}

// Says how far it is, and stops when asked to, whenever weights are read.
void watch(Graph& graph, std::uint64_t total, Progress& progress, const CancelToken& cancel) {
  std::uint64_t done = 0;
  for (Initializer& initializer : graph.initializers) {
    auto* const read = std::get_if<std::function<std::vector<float>()>>(&initializer.values);
    done += bytes_of(initializer);
    if (read == nullptr) continue;
    *read = [read = std::move(*read), done, total, &progress, &cancel] {
      cancel.check();
      progress.update({.stage = "writing the network", .done = done, .total = total, .unit = "bytes"});
      return read();
    };
  }
}

}  // namespace

std::uint64_t weight_bytes(const Graph& graph) {
  std::uint64_t bytes = 0;
  for (const Initializer& initializer : graph.initializers) bytes += bytes_of(initializer);
  return bytes;
}

void write_model(Model model, const std::filesystem::path& path, Progress& progress, const CancelToken& cancel) {
  const std::uint64_t bytes = weight_bytes(model.graph);
  if (bytes > kMostWeightBytes) {
    throw Error(
        ErrorCode::kTooLarge,
        fmt::format("the network's weights have {} bytes, and an ONNX file holds {} at most", bytes, kMostWeightBytes));
  }
  const auto write = open_library();
  watch(model.graph, bytes, progress, cancel);
  const PartFile part(path);
  aisle_onnx_failure failure{};
  if (write(model, part.descriptor(), failure) != 0) {
    if (failure.system_error != 0) {
      errno = failure.system_error;
      throw errno_error("cannot write", part.path());
    }
    throw Error(ErrorCode::kInternal, std::string("ONNX refuses the model: ") + failure.reason);
  }
  publish_file(part.path(), path);
}

}  // namespace aisle::onnx
