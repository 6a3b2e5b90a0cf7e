#include "picture/picture_library.h"

#include <dlfcn.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <vector>

#include "core/error.h"
#include "picture/vips/picture_vips.h"

namespace aisle {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFileName = "libaisle_picture_vips.so";
constexpr const char* kVariable = "AISLE_PICTURE_LIBRARY";

std::vector<fs::path> places_to_look() {
  const char* named = std::getenv(kVariable);
  if (named != nullptr && *named != '\0') return {named};
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed).parent_path();
  return {program / kFileName, program.parent_path() / "lib" / kFileName,
          program.parent_path() / "lib" / "aisle" / kFileName};
}

Error cannot_open(const std::string& why) {
  return Error(
      ErrorCode::kUnsupported,
      "pictures cannot be read: " + why + "; install Aisle with its picture library, or name the file in " + kVariable);
}

}  // namespace

std::string_view to_string(PictureFormat format) {
  switch (format) {
    case PictureFormat::kJpeg:
      return "jpeg";
    case PictureFormat::kPng:
      return "png";
    case PictureFormat::kWebp:
      return "webp";
    case PictureFormat::kGif:
      return "gif";
  }
  return "jpeg";
}

struct PictureLibrary::State {
  fs::path file;
  std::mutex opening;
  std::atomic<decltype(&aisle_picture_probe)> probe{nullptr};

  // The function, from a library that is opened by the first call.
  decltype(&aisle_picture_probe) opened() {
    if (const auto ready = probe.load()) return ready;
    const std::lock_guard lock(opening);
    if (probe.load() == nullptr) open();
    return probe.load();
  }

  void open() {
    const fs::path found = find();
    // Never closed: GLib cannot be unloaded.
    void* const library = ::dlopen(found.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) throw cannot_open(::dlerror());
    const auto interface = function<decltype(&aisle_picture_interface)>(library, "aisle_picture_interface");
    const auto start = function<decltype(&aisle_picture_start)>(library, "aisle_picture_start");
    const auto found_probe = function<decltype(&aisle_picture_probe)>(library, "aisle_picture_probe");
    if (interface() != AISLE_PICTURE_INTERFACE)
      throw cannot_open(found.string() + " belongs to another version of Aisle");
    if (start() != 0) throw cannot_open("libvips does not start");
    probe = found_probe;
  }

  fs::path find() const {
    const std::vector<fs::path> places = file.empty() ? places_to_look() : std::vector<fs::path>{file};
    std::string looked;
    for (const fs::path& place : places) {
      std::error_code failed;
      if (fs::is_regular_file(place, failed)) return place;
      looked += (looked.empty() ? "" : ", ") + place.string();
    }
    throw cannot_open("the picture library is missing (looked for " + looked + ")");
  }

  template <typename Function>
  static Function function(void* library, const char* name) {
    void* const symbol = ::dlsym(library, name);
    if (symbol == nullptr) throw cannot_open(std::string("the picture library has no ") + name);
    return reinterpret_cast<Function>(symbol);
  }
};

PictureLibrary::PictureLibrary(std::string file) : state_(std::make_unique<State>()) {
  state_->file = std::move(file);
}
PictureLibrary::~PictureLibrary() = default;
PictureLibrary::PictureLibrary(PictureLibrary&&) noexcept = default;

ProbeResult PictureLibrary::probe(std::string_view bytes, const PictureLimits& limits) const {
  if (bytes.empty()) return {std::nullopt, "the picture file is empty"};
  if (bytes.size() > limits.max_bytes) {
    return {std::nullopt, "the picture file has " + std::to_string(bytes.size()) + " bytes, at most " +
                              std::to_string(limits.max_bytes) + " are allowed"};
  }
  aisle_picture_info info{};
  if (state_->opened()(bytes.data(), bytes.size(), limits.max_pixels, &info) != 0) return {std::nullopt, info.reason};
  static constexpr std::array kFormats = {PictureFormat::kJpeg, PictureFormat::kPng, PictureFormat::kWebp,
                                          PictureFormat::kGif};
  return {PictureInfo{kFormats.at(static_cast<std::size_t>(info.format - kAislePictureJpeg)), info.width, info.height},
          ""};
}

}  // namespace aisle
