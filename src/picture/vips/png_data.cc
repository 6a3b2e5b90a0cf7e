#include "picture/vips/png_data.h"

#include <cstddef>

#define ZLIB_CONST  // it only reads its input
#include <zlib.h>

#include <algorithm>
#include <vector>

namespace aisle {
namespace {

constexpr std::size_t kSmall = 1 << 20;
constexpr std::uint64_t kMostBytesAPixel = 9;  // four channels of 16 bits, and a byte for each row of each pass

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

// The data of all IDAT chunks, piece by piece.
std::vector<std::string_view> image_data(std::string_view png) {
  constexpr std::size_t kSignature = 8, kHead = 8, kSum = 4;
  std::vector<std::string_view> found;
  for (std::size_t at = kSignature; at + kHead <= png.size();) {
    const std::size_t size = std::min<std::size_t>(big_endian(png.substr(at, 4)), png.size() - at - kHead);
    if (png.substr(at + 4, 4) == "IDAT") found.push_back(png.substr(at + kHead, size));
    at += kHead + size + kSum;
  }
  return found;
}

// Counts what comes out, and forgets it.
class Inflater {
 public:
  explicit Inflater(std::uint64_t most) : most_(most), room_(1 << 16), ready_(inflateInit(&stream_) == Z_OK) {}
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // False where it is too much. Damaged data are libpng's to name.
  bool add(std::string_view data) {
    stream_.next_in = reinterpret_cast<const unsigned char*>(data.data());
    stream_.avail_in = static_cast<unsigned>(data.size());
    bool full = true;
    while (ready_ && full && stream_.total_out <= most_) {
      stream_.next_out = room_.data();
      stream_.avail_out = static_cast<unsigned>(room_.size());
      const int status = inflate(&stream_, Z_NO_FLUSH);
      ready_ = status == Z_OK || status == Z_BUF_ERROR;  // the latter: no more to read
      full = stream_.avail_out == 0;
    }
    return stream_.total_out <= most_;
  }

 private:
  std::uint64_t most_;
  std::vector<unsigned char> room_;
  z_stream stream_{};
  bool ready_;
};

}  // namespace

bool has_only_its_pixels(std::string_view png, std::uint64_t pixels) {
  if (png.size() <= kSmall) return true;
  Inflater inflater(kMostBytesAPixel * pixels);
  for (const std::string_view data : image_data(png))
    if (!inflater.add(data)) return false;
  return true;
}

}  // namespace aisle
