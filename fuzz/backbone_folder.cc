// The JSON files of a pretrained folder: config.json, modules.json and the pooling's config.json, with a zero byte
// between them. What is taken describes a network that can be built within the bounds; what is refused says why.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "core/error.h"
#include "domain/limits.h"
#include "fuzz.h"
#include "model/network/backbone_network.h"
#include "workflow/backbone_draft.h"
#include "workflow/picture_settings.h"

using namespace aisle;

namespace {

namespace fs = std::filesystem;

void write(const fs::path& file, std::string_view text) {
  std::ofstream(file, std::ios::binary) << text;
}

// Up to the next zero byte, which goes with it.
std::string_view next_part(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\0'), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

// One folder for the whole run, removed at its end; what a draft does not read is empty.
struct Folder {
  Folder() : path(fs::temp_directory_path() / ("aisle-fuzz-" + std::to_string(::getpid()))) {
    fs::create_directories(path / "1_Pooling");
    write(path / "model.safetensors", "");
    write(path / "tokenizer.json", "");
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  fs::path path;
};

const fs::path& folder() {
  static const Folder made;
  return made.path;
}

void put(const fs::path& file, std::string_view text) {
  if (text.empty()) {
    fs::remove(file);
  } else {
    write(file, text);
  }
}

void build(const BackboneDraft& draft) {
  const network::Network network = network::backbone_network(draft.manifest, draft.config);
  FUZZ_CHECK(network.parameter_count() <= limits::kNetworkParameters);
  FUZZ_CHECK(network.operations().size() <= limits::kNetworkOperations);
  FUZZ_CHECK(network.operations()[network.output("features")].shape.dims.size() == 1);
  if (draft.manifest.input == BackboneInput::kPicture) transform_of(draft.manifest.picture);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  put(folder() / "config.json", next_part(rest));
  put(folder() / "modules.json", next_part(rest));
  put(folder() / "1_Pooling" / "config.json", next_part(rest));
  try {
    build(draft_of_folder(folder(), {.source = "fuzz"}));
  } catch (const Error& error) {
    FUZZ_CHECK(error.code() == ErrorCode::kInvalidArgument || error.code() == ErrorCode::kUnsupported ||
               error.code() == ErrorCode::kNotFound || error.code() == ErrorCode::kTooLarge);
    FUZZ_CHECK(*error.what() != '\0');
  }
  return 0;
}
