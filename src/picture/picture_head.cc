#include "picture/picture_head.h"

#include <algorithm>
#include <cstddef>

namespace aisle {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::size_t at;
  std::string_view bytes;
  std::string_view what;
};

// What people send as a picture that is none of ours.
constexpr Signature kOthers[] = {
    {0, "%PDF"sv, "a PDF document"},
    {0, "II*\0"sv, "a TIFF picture"},
    {0, "MM\0*"sv, "a TIFF picture"},
    {0, "BM"sv, "a BMP picture"},
    {4, "ftypheic"sv, "a HEIC picture"},
    {4, "ftypheix"sv, "a HEIC picture"},
    {4, "ftypmif1"sv, "a HEIF picture"},
    {4, "ftypavif"sv, "an AVIF picture"},
    {4, "ftyp"sv, "a video"},
    {0, "\xFF\x0A"sv, "a JPEG XL picture"},
    {4, "JXL \r\n"sv, "a JPEG XL picture"},
    {4, "jP  \r\n"sv, "a JPEG 2000 picture"},
    {0, "8BPS"sv, "a Photoshop picture"},
    {0, "\0\0\1\0"sv, "an icon file"},
    {0, "P6"sv, "a PPM picture"},
    {0, "<svg"sv, "an SVG drawing"},
    {0, "<?xml"sv, "an XML document"},
    {0, "<!DOCTYPE"sv, "a web page"},
    {0, "<html"sv, "a web page"},
    {0, "{"sv, "a JSON document"},
    {0, "PK\3\4"sv, "a ZIP archive"},
    {0, "\x1F\x8B"sv, "a gzip archive"},
    {0,
     "\x7F"
     "ELF"sv,
     "a program"},
    {0, "MZ"sv, "a program"},
};

constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1A\n"sv;

bool is_at(std::string_view bytes, std::size_t at, std::string_view expected) {
  return bytes.size() >= at && bytes.substr(at).starts_with(expected);
}

std::optional<PictureFormat> format_of(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF"sv)) return PictureFormat::kJpeg;
  if (bytes.starts_with(kPngSignature)) return PictureFormat::kPng;
  if (bytes.starts_with("RIFF"sv) && is_at(bytes, 8, "WEBP"sv)) return PictureFormat::kWebp;
  if (bytes.starts_with("GIF87a"sv) || bytes.starts_with("GIF89a"sv)) return PictureFormat::kGif;
  return std::nullopt;
}

// A cursor that never leaves the bytes: what is not there reads as 0, and `past_end` remembers it.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes, std::size_t at = 0) : bytes_(bytes), at_(at) {}

  bool past_end() const { return at_ > bytes_.size(); }
  std::uint32_t u8() { return at_++ < bytes_.size() ? static_cast<unsigned char>(bytes_[at_ - 1]) : 0; }
  std::uint32_t big(int size) {
    std::uint32_t value = 0;
    while (size-- > 0) value = value << 8 | u8();
    return value;
  }
  std::uint32_t little(int size) {
    std::uint32_t value = 0;
    for (int shift = 0; shift < 8 * size; shift += 8) value |= u8() << shift;
    return value;
  }
  void skip(std::size_t size) { at_ += std::min(size, bytes_.size() + 1); }
  // To just behind the next `byte`, or past the end.
  void skip_behind(char byte) {
    const std::size_t found = past_end() ? std::string_view::npos : bytes_.find(byte, at_);
    at_ = found == std::string_view::npos ? bytes_.size() + 1 : found + 1;
  }

 private:
  std::string_view bytes_;
  std::size_t at_;
};

std::optional<PictureSize> if_read(const Cursor& cursor, PictureSize size) {
  return cursor.past_end() ? std::nullopt : std::optional(size);
}

constexpr std::uint32_t kEndOfImage = 0xD9, kStartOfScan = 0xDA;

// The next JPEG marker (ISO 10918-1, B.1.1): fill bytes, stuffed zeros and restarts are passed over. 0 at the end.
std::uint32_t next_marker(Cursor& cursor) {
  while (!cursor.past_end()) {
    cursor.skip_behind('\xFF');
    std::uint32_t code = cursor.u8();
    while (code == 0xFF) code = cursor.u8();
    const bool in_data = code <= 1 || (code >= 0xD0 && code <= 0xD8);
    if (!in_data) return cursor.past_end() ? 0 : code;
  }
  return 0;
}

bool starts_frame(std::uint32_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

std::optional<PictureSize> jpeg_size(std::string_view bytes) {
  Cursor cursor(bytes, 2);
  for (std::uint32_t marker = next_marker(cursor); marker != 0 && marker != kEndOfImage && marker != kStartOfScan;
       marker = next_marker(cursor)) {
    const std::uint32_t length = cursor.big(2);
    if (starts_frame(marker)) {
      cursor.skip(1);
      const std::uint32_t height = cursor.big(2);
      return if_read(cursor, {cursor.big(2), height});
    }
    cursor.skip(std::max(length, 2U) - 2);
  }
  return std::nullopt;
}

bool jpeg_ends(std::string_view bytes) {
  Cursor cursor(bytes, 2);
  for (std::uint32_t marker = next_marker(cursor); marker != 0; marker = next_marker(cursor)) {
    if (marker == kEndOfImage) return true;
    cursor.skip(std::max(cursor.big(2), 2U) - 2);
  }
  return false;
}

std::optional<PictureSize> png_size(std::string_view bytes) {
  Cursor cursor(bytes, kPngSignature.size() + 8);
  const std::uint32_t width = cursor.big(4);
  const std::uint32_t height = cursor.big(4);
  return if_read(cursor, {width, height});
}

bool png_ends(std::string_view bytes) {
  Cursor cursor(bytes, kPngSignature.size());
  constexpr std::uint32_t kEnd = 0x49454E44;  // IEND
  for (;;) {
    const std::size_t length = cursor.big(4);
    const std::uint32_t name = cursor.big(4);
    cursor.skip(length);
    cursor.skip(4);  // its checksum
    if (cursor.past_end()) return false;
    if (name == kEnd) return true;
  }
}

std::optional<PictureSize> webp_size(std::string_view bytes) {
  constexpr std::size_t kChunk = 12;
  constexpr std::uint32_t kFourteenBits = 0x3FFF;
  const std::string_view name = bytes.substr(std::min(kChunk, bytes.size()), 4);
  Cursor cursor(bytes, kChunk + 8);
  if (name == "VP8X") {
    cursor.skip(4);
    const std::uint32_t width = cursor.little(3) + 1;
    return if_read(cursor, {width, cursor.little(3) + 1});
  }
  if (name == "VP8L") {
    cursor.skip(1);
    const std::uint32_t both = cursor.little(4);
    return if_read(cursor, {(both & kFourteenBits) + 1, (both >> 14 & kFourteenBits) + 1});
  }
  cursor.skip(6);
  const std::uint32_t width = cursor.little(2) & kFourteenBits;
  return if_read(cursor, {width, cursor.little(2) & kFourteenBits});
}

bool webp_ends(std::string_view bytes) {
  const std::uint64_t said = Cursor(bytes, 4).little(4);
  return said + 8 <= bytes.size();
}

std::optional<PictureSize> gif_size(std::string_view bytes) {
  Cursor cursor(bytes, 6);
  const std::uint32_t width = cursor.little(2);
  return if_read(cursor, {width, cursor.little(2)});
}

void skip_gif_colours(Cursor& cursor, std::uint32_t flags) {
  if ((flags & 0x80) != 0) cursor.skip(std::size_t{3} << ((flags & 7) + 1));
}

void skip_gif_blocks(Cursor& cursor) {
  for (std::uint32_t size = cursor.u8(); size != 0 && !cursor.past_end(); size = cursor.u8()) cursor.skip(size);
}

bool gif_ends(std::string_view bytes) {
  constexpr std::uint32_t kExtension = 0x21, kTrailer = 0x3B;
  Cursor cursor(bytes, 10);
  const std::uint32_t screen = cursor.u8();
  cursor.skip(2);
  skip_gif_colours(cursor, screen);
  std::uint32_t block = cursor.u8();
  for (; block == kExtension && !cursor.past_end(); block = cursor.u8()) {
    cursor.skip(1);
    skip_gif_blocks(cursor);
  }
  if (block == kTrailer) return true;
  cursor.skip(8);
  skip_gif_colours(cursor, cursor.u8());
  cursor.skip(1);
  skip_gif_blocks(cursor);
  return !cursor.past_end();
}

std::string_view other_of(std::string_view bytes) {
  for (const Signature& other : kOthers)
    if (is_at(bytes, other.at, other.bytes)) return other.what;
  return "";
}

std::optional<PictureSize> size_of(PictureFormat format, std::string_view bytes) {
  switch (format) {
    case PictureFormat::kJpeg:
      return jpeg_size(bytes);
    case PictureFormat::kPng:
      return png_size(bytes);
    case PictureFormat::kWebp:
      return webp_size(bytes);
    case PictureFormat::kGif:
      return gif_size(bytes);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(PictureFormat format) {
  constexpr std::string_view kNames[] = {"jpeg", "png", "webp", "gif"};
  return kNames[static_cast<std::size_t>(format)];
}

PictureHead read_head(std::string_view bytes) {
  PictureHead head{.format = format_of(bytes), .other = {}, .size = {}};
  if (head.format) {
    head.size = size_of(*head.format, bytes);
  } else {
    head.other = other_of(bytes);
  }
  return head;
}

int count_passes(std::string_view jpeg) {
  constexpr std::uint32_t kBaseline = 0xC0, kExtended = 0xC1;
  Cursor cursor(jpeg, 2);
  int passes = 0;
  for (std::uint32_t marker = next_marker(cursor); marker != 0 && marker != kEndOfImage; marker = next_marker(cursor)) {
    if (marker == kBaseline || marker == kExtended) return 1;
    passes += marker == kStartOfScan ? 1 : 0;
    cursor.skip(std::max(cursor.big(2), 2U) - 2);
  }
  return passes;
}

bool reaches_its_end(PictureFormat format, std::string_view bytes) {
  switch (format) {
    case PictureFormat::kJpeg:
      return jpeg_ends(bytes);
    case PictureFormat::kPng:
      return png_ends(bytes);
    case PictureFormat::kWebp:
      return webp_ends(bytes);
    case PictureFormat::kGif:
      return gif_ends(bytes);
  }
  return false;
}

}  // namespace aisle
