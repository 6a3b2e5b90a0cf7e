// Pictures of one colour, of any size and kind, in a few bytes; and heads that claim what they like.
#pragma once

#include <cstdint>
#include <string>

namespace aisle::abuse::picture {

struct PngOptions {
  int bits = 8;
  int colour = 2;  // 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha
  bool interlaced = false;
  unsigned char byte = 0x60;     // of every channel
  double part = 1;               // of the rows that are there
  std::string before_data = "";  // chunks
};

std::string png_chunk(const std::string& name, const std::string& data);
std::string png_head(std::uint32_t width, std::uint32_t height, const PngOptions& options = {});
std::string png(std::uint32_t width, std::uint32_t height, const PngOptions& options = {});
std::string deflated(std::size_t size, char byte);  // so many times the byte, as zlib has it

// Grey 128. `scans` over 0: progressive, with so many scans of nothing after the first.
inline constexpr std::size_t kJpegHeight = 76, kJpegChannels = 80;  // where they are
std::string jpeg(std::uint16_t width, std::uint16_t height, int scans = 0);
std::string jpeg_segment(unsigned char marker, const std::string& data);

// Colour (0x20, 0x40, 0x60), `frames` times.
std::string gif(std::uint16_t width, std::uint16_t height, int frames = 1);

// A RIFF file of one chunk with the given name and data.
std::string webp(const std::string& name, const std::string& data);

}  // namespace aisle::abuse::picture
