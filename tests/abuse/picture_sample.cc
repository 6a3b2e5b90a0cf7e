#include "abuse/picture_sample.h"

#define ZLIB_CONST  // it only reads its input
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>

namespace aisle::abuse::picture {
namespace {

using namespace std::string_literals;

std::string big(std::uint64_t value, int bytes) {
  std::string text;
  while (bytes-- > 0) text += static_cast<char>(value >> 8 * bytes);
  return text;
}

std::string little(std::uint64_t value, int bytes) {
  std::string text = big(value, bytes);
  std::reverse(text.begin(), text.end());
  return text;
}

// Bits in bytes, as JPEG (first bit highest) and GIF (first bit lowest) want them.
class Bits {
 public:
  explicit Bits(bool first_is_highest) : first_is_highest_(first_is_highest) {}

  void add(std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i) add_bit((value >> (first_is_highest_ ? count - 1 - i : i) & 1) != 0);
  }
  // The last byte is filled with ones.
  std::string take() {
    while (used_ != 0) add_bit(true);
    return std::move(bytes_);
  }

 private:
  void add_bit(bool bit) {
    if (bit) byte_ |= static_cast<unsigned char>(1U << (first_is_highest_ ? 7 - used_ : used_));
    if (++used_ < 8) return;
    bytes_ += static_cast<char>(byte_);
    if (first_is_highest_ && byte_ == 0xFF) bytes_ += '\0';  // JPEG's stuffing
    byte_ = 0;
    used_ = 0;
  }

  bool first_is_highest_;
  std::string bytes_;
  unsigned char byte_ = 0;
  int used_ = 0;
};

std::size_t png_row_bytes(std::uint32_t width, const PngOptions& options) {
  constexpr int kChannels[] = {1, 1, 3, 1, 2, 3, 4};
  const std::size_t bits = static_cast<std::size_t>(kChannels[options.colour] * options.bits);
  return width == 0 ? 0 : 1 + (width * bits + 7) / 8;
}

// A zlib stream (RFC 1950) of pieces that repeat. Each is deflated once, to whole bytes, so that large streams cost
// nothing to make.
class Deflated {
 public:
  void add(const std::string& piece, std::uint64_t times) {
    const std::string made = deflate_alone(piece);
    const auto sum =
        adler32(1, reinterpret_cast<const unsigned char*>(piece.data()), static_cast<unsigned>(piece.size()));
    for (std::uint64_t i = 0; i < times; ++i) {
      bytes_ += made;
      sum_ = adler32_combine(sum_, sum, static_cast<long>(piece.size()));
    }
  }

  std::string take() { return std::move(bytes_) + "\3\0"s + big(sum_, 4); }

 private:
  static std::string deflate_alone(const std::string& piece) {
    z_stream stream{};
    if (deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::runtime_error("zlib does not start");
    std::string room(deflateBound(&stream, piece.size()) + 16, '\0');
    stream.next_in = reinterpret_cast<const unsigned char*>(piece.data());
    stream.avail_in = static_cast<unsigned>(piece.size());
    stream.next_out = reinterpret_cast<unsigned char*>(room.data());
    stream.avail_out = static_cast<unsigned>(room.size());
    deflate(&stream, Z_FULL_FLUSH);
    room.resize(room.size() - stream.avail_out);
    deflateEnd(&stream);
    return room;
  }

  std::string bytes_ = "\x78\x9C";
  uLong sum_ = 1;
};

constexpr std::size_t kPiece = 1 << 20;

// So many rows of filter 0 and one byte.
void add_rows(Deflated& data, std::size_t row_bytes, std::uint32_t rows, char byte) {
  if (row_bytes == 0) return;
  std::string row(row_bytes, byte), piece;
  row[0] = '\0';
  const auto together = static_cast<std::uint32_t>(std::clamp<std::size_t>(kPiece / row_bytes, 1, std::max(rows, 1U)));
  for (std::uint32_t i = 0; i < together; ++i) piece += row;
  data.add(piece, rows / together);
  data.add(piece.substr(0, row_bytes * (rows % together)), 1);
}

std::uint32_t steps(std::uint32_t side, std::uint32_t start, std::uint32_t step) {
  return side > start ? (side - start + step - 1) / step : 0;
}

std::string png_data(std::uint32_t width, std::uint32_t height, const PngOptions& options) {
  struct Pass {
    std::uint32_t left, top, across, down;
  };
  constexpr Pass kAdam7[] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                             {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
  Deflated data;
  const auto add = [&](std::uint32_t columns, std::uint32_t rows) {
    add_rows(data, png_row_bytes(columns, options), rows, static_cast<char>(options.byte));
  };
  if (!options.interlaced) add(width, static_cast<std::uint32_t>(height * options.part));
  for (const Pass& pass : kAdam7)
    if (options.interlaced) add(steps(width, pass.left, pass.across), steps(height, pass.top, pass.down));
  return data.take();
}

// A Huffman table (ISO 10918-1, B.2.4.2) of the given symbols, all with codes of so many bits.
std::string huffman(int table, int bits, const std::string& symbols) {
  std::string lengths(16, '\0');
  lengths[static_cast<std::size_t>(bits - 1)] = static_cast<char>(symbols.size());
  return jpeg_segment(0xC4, static_cast<char>(table) + lengths + symbols);
}

std::uint32_t blocks_of(std::uint16_t width, std::uint16_t height) {
  return ((width + 7U) / 8) * ((height + 7U) / 8);
}

// Every block: no difference of the first coefficient and, unless progressive, no others.
std::string jpeg_first_scan(std::uint32_t blocks, bool progressive) {
  Bits bits(true);
  for (std::uint32_t i = 0; i < blocks; ++i) bits.add(0, progressive ? 1 : 2);
  return jpeg_segment(0xDA, "\1\1\0\0"s + static_cast<char>(progressive ? 0 : 63) + '\0') + bits.take();
}

// A scan that says "no more coefficients" for 32,767 blocks at once.
std::string jpeg_empty_scan(std::uint32_t blocks) {
  constexpr std::uint32_t kMost = 32'767;
  Bits bits(true);
  for (std::uint32_t left = blocks; left > 0;) {
    const std::uint32_t run = std::min(left, kMost);
    int power = 14;
    while ((1U << power) > run) --power;
    bits.add(static_cast<std::uint32_t>(power), 4);
    bits.add(run - (1U << power), power);
    left -= run;
  }
  return jpeg_segment(0xDA, "\1\1\0\1\x3F\0"s) + bits.take();
}

// LZW of one colour repeated: each code is the one before and one pixel more.
std::string gif_data(std::uint64_t pixels) {
  constexpr std::uint32_t kClear = 4, kCodes = 4096;
  Bits bits(false);
  int width = 3;
  while (pixels > 0) {
    bits.add(kClear, width);
    width = 3;
    std::uint32_t next = kClear + 2;  // the code that the decoder makes of this one and one before
    for (std::uint32_t length = 1; pixels > 0 && next < kCodes; ++length) {
      const auto run = static_cast<std::uint32_t>(std::min<std::uint64_t>(length, pixels));
      bits.add(run == 1 ? 1 : kClear + run, width);
      pixels -= run;
      if (length > 1) ++next;
      if (next == 1U << width && width < 12) ++width;
    }
  }
  bits.add(kClear + 1, width);
  return bits.take();
}

}  // namespace

std::string png_chunk(const std::string& name, const std::string& data) {
  const std::string both = name + data;
  const auto sum = crc32(0, reinterpret_cast<const unsigned char*>(both.data()), static_cast<unsigned>(both.size()));
  return big(data.size(), 4) + both + big(sum, 4);
}

std::string png_head(std::uint32_t width, std::uint32_t height, const PngOptions& options) {
  return "\x89PNG\r\n\x1A\n" +
         png_chunk("IHDR", big(width, 4) + big(height, 4) + static_cast<char>(options.bits) +
                               static_cast<char>(options.colour) + "\0\0"s + static_cast<char>(options.interlaced));
}

std::string png(std::uint32_t width, std::uint32_t height, const PngOptions& options) {
  return png_head(width, height, options) + options.before_data + png_chunk("IDAT", png_data(width, height, options)) +
         png_chunk("IEND", "");
}

std::string deflated(std::size_t size, char byte) {
  Deflated data;
  data.add(std::string(kPiece, byte), size / kPiece);
  data.add(std::string(size % kPiece, byte), 1);
  return data.take();
}

std::string jpeg_segment(unsigned char marker, const std::string& data) {
  return '\xFF' + std::string(1, static_cast<char>(marker)) + big(data.size() + 2, 2) + data;
}

std::string jpeg(std::uint16_t width, std::uint16_t height, int scans) {
  const bool progressive = scans > 0;
  const std::uint32_t blocks = blocks_of(width, height);
  std::string bytes = "\xFF\xD8"s + jpeg_segment(0xDB, '\0' + std::string(64, '\1')) +
                      jpeg_segment(progressive ? 0xC2 : 0xC0, '\x08' + big(height, 2) + big(width, 2) + "\1\1\x11\0"s) +
                      huffman(0x00, 1, "\0"s) + huffman(0x10, 1, "\0"s) + jpeg_first_scan(blocks, progressive);
  if (progressive) {
    std::string runs;
    for (int power = 0; power < 15; ++power) runs += static_cast<char>(power << 4);
    bytes += huffman(0x10, 4, runs);
    const std::string scan = jpeg_empty_scan(blocks);
    for (int i = 0; i < scans; ++i) bytes += scan;
  }
  return bytes + "\xFF\xD9"s;
}

std::string gif(std::uint16_t width, std::uint16_t height, int frames) {
  std::string bytes = "GIF89a" + little(width, 2) + little(height, 2) + "\x81\0\0"s + "\0\0\0\x20\x40\x60\0\0\0\0\0\0"s;
  const std::string data = gif_data(std::uint64_t{width} * height);
  std::string frame = "\x2C\0\0\0\0"s + little(width, 2) + little(height, 2) + '\0' + '\2';
  for (std::size_t at = 0; at < data.size(); at += 255) {
    const std::string block = data.substr(at, 255);
    frame += static_cast<char>(block.size()) + block;
  }
  frame += '\0';
  for (int i = 0; i < frames; ++i) bytes += frame;
  return bytes + ';';
}

std::string webp(const std::string& name, const std::string& data) {
  const std::string padded = data + std::string(data.size() % 2, '\0');
  return "RIFF" + little(padded.size() + 12, 4) + "WEBP" + name + little(data.size(), 4) + padded;
}

}  // namespace aisle::abuse::picture
