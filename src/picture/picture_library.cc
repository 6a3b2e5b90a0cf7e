#include "picture/picture_library.h"

#include <atomic>
#include <mutex>
#include <utility>

#include "core/error.h"
#include "core/own_library.h"
#include "core/printable.h"
#include "picture/vips/picture_vips.h"

namespace aisle {
namespace {

constexpr OwnLibrary::Name kName = {"libaisle_picture_vips.so", "AISLE_PICTURE_LIBRARY", "pictures cannot be read"};

std::string too_many_bytes(std::size_t bytes, const PictureLimits& limits) {
  return "the picture file has " + std::to_string(bytes) + " bytes, at most " + std::to_string(limits.max_bytes) +
         " are allowed";
}

std::string not_a_picture(const PictureHead& head) {
  std::string reason = "not a JPEG, PNG, WebP or GIF picture";
  if (!head.other.empty()) (reason += ": this seems to be ") += head.other;
  return reason;
}

// What is wrong with the size that a head claims, or "".
std::string size_fault(const PictureSize& size, const PictureLimits& limits) {
  const std::string sides = std::to_string(size.width) + " x " + std::to_string(size.height) + " pixels";
  if (size.width == 0 || size.height == 0) return "the picture says that it has " + sides;
  if (std::uint64_t{size.width} * size.height <= limits.max_pixels) return "";
  return "the picture has " + sides + ", at most " + std::to_string(limits.max_pixels) +
         " are allowed; make it smaller";
}

std::string passes_fault(std::string_view jpeg, const PictureLimits& limits) {
  const int passes = count_passes(jpeg);
  if (passes <= limits.max_passes) return "";
  return "the picture has " + std::to_string(passes) + " scans, at most " + std::to_string(limits.max_passes) +
         " are allowed; save it again";
}

// What can be said without decoding, or "".
std::string fault_before_decoding(std::string_view bytes, const PictureLimits& limits, const PictureHead& head) {
  if (bytes.empty()) return "the picture file is empty";
  if (bytes.size() > limits.max_bytes) return too_many_bytes(bytes.size(), limits);
  if (!head.format) return not_a_picture(head);
  if (!head.size) return "the picture is cut short or damaged: it does not say its size";
  std::string fault = size_fault(*head.size, limits);
  return fault.empty() && head.format == PictureFormat::kJpeg ? passes_fault(bytes, limits) : fault;
}

std::string fault_while_decoding(std::string_view bytes, PictureFormat format, const char* words) {
  std::string reason = reaches_its_end(format, bytes) ? "the picture is damaged" : "the picture is cut short";
  if (*words != '\0') (reason += ": ") += printable(words);
  return reason;
}

}  // namespace

struct PictureLibrary::State {
  std::string file;
  std::mutex opening;
  std::atomic<bool> is_open{false};
  decltype(&aisle_picture_probe) probe = nullptr;
  decltype(&aisle_picture_render) render = nullptr;

  // The functions, from a library that is opened by the first call.
  const State& opened() {
    if (is_open) return *this;
    const std::lock_guard lock(opening);
    if (!is_open) open();
    return *this;
  }

  void open() {
    const OwnLibrary library = file.empty() ? OwnLibrary::open(kName) : OwnLibrary::open(kName, file);
    if (library.function<decltype(&aisle_picture_interface)>("aisle_picture_interface")() != AISLE_PICTURE_INTERFACE)
      library.refuse("belongs to another version of Aisle");
    if (library.function<decltype(&aisle_picture_start)>("aisle_picture_start")() != 0)
      library.refuse("cannot be used: libvips does not start");
    probe = library.function<decltype(probe)>("aisle_picture_probe");
    render = library.function<decltype(render)>("aisle_picture_render");
    is_open = true;
  }
};

PictureLibrary::PictureLibrary(std::string file) : state_(std::make_unique<State>()) {
  state_->file = std::move(file);
}
PictureLibrary::~PictureLibrary() = default;
PictureLibrary::PictureLibrary(PictureLibrary&&) noexcept = default;

template <typename Call>
PictureResult PictureLibrary::guarded(std::string_view bytes, const PictureLimits& limits, const Call& call) const {
  const PictureHead head = read_head(bytes);
  if (std::string fault = fault_before_decoding(bytes, limits, head); !fault.empty())
    return {std::nullopt, std::move(fault)};
  const PictureInfo found{*head.format, static_cast<int>(head.size->width), static_cast<int>(head.size->height)};
  const aisle_picture_source source{bytes.data(), bytes.size(), static_cast<int>(found.format), found.width,
                                    found.height};
  aisle_picture_info info{};
  if (call(state_->opened(), &source, &info) != 0)
    return {std::nullopt, fault_while_decoding(bytes, found.format, info.reason)};
  return {found, ""};
}

PictureResult PictureLibrary::probe(std::string_view bytes, const PictureLimits& limits) const {
  return guarded(bytes, limits, [](const State& library, const auto* source, aisle_picture_info* info) {
    return library.probe(source, info);
  });
}

PictureResult PictureLibrary::render(std::string_view bytes, const PictureLimits& limits, const PictureFrame& frame,
                                     std::span<std::uint8_t> rgb) const {
  check(frame);
  const std::size_t expected = std::size_t{3} * static_cast<std::size_t>(frame.width * frame.height);
  if (rgb.size() != expected) {
    throw Error(ErrorCode::kInvalidArgument, "a prepared picture has " + std::to_string(expected) +
                                                 " bytes, but there is room for " + std::to_string(rgb.size()));
  }
  const aisle_picture_frame wanted{frame.width, frame.height, static_cast<int>(frame.resize), frame.resized,
                                   static_cast<int>(frame.filter)};
  return guarded(bytes, limits, [&](const State& library, const auto* source, aisle_picture_info* info) {
    return library.render(source, &wanted, rgb.data(), info);
  });
}

}  // namespace aisle
