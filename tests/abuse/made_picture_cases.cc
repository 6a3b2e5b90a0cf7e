// Bombs, impossible sizes, other kinds of files, and large pictures that are good.
#include "abuse/picture_case.h"
#include "abuse/picture_sample.h"

namespace aisle::abuse::picture {
namespace {

using namespace std::string_literals;

constexpr std::size_t kMegabyte = std::size_t{1} << 20;

void add(const std::string& name, std::function<std::string()> make, const Expected& expected) {
  add_picture_case("PictureMade", name, std::move(make), expected);
}

// A decoder that needs all of a picture at once holds at most 8 bytes a pixel of 50 million, and a little.
Expected large(Expected expected, std::size_t megabytes) {
  expected.peak_bytes = megabytes * kMegabyte;
  expected.seconds = 30;
  return expected;
}

std::string vp8_head(std::uint32_t width, std::uint32_t height) {
  const auto low = [](std::uint32_t value) { return static_cast<char>(value & 0xFF); };
  return webp("VP8 ", "\x30\1\0\x9D\1\x2A"s + low(width) + low(width >> 8) + low(height) + low(height >> 8) +
                          std::string(40, '\0'));
}

std::string vp8x_head(std::uint32_t width, std::uint32_t height) {
  std::string data(4, '\0');
  for (const std::uint32_t side : {width - 1, height - 1})
    for (int shift = 0; shift < 24; shift += 8) data += static_cast<char>(side >> shift);
  return webp("VP8X", data);
}

void add_sizes() {
  struct Size {
    std::uint32_t width, height;
  };
  for (const Size size : {Size{0, 0}, Size{0, 7}, Size{7, 0}, Size{0, 65535}}) {
    const std::string name = std::to_string(size.width) + "x" + std::to_string(size.height);
    const auto width = static_cast<std::uint16_t>(size.width), height = static_cast<std::uint16_t>(size.height);
    const std::string says = std::to_string(size.width) + " x " + std::to_string(size.height) + " pixels";
    add(
        "png_" + name, [=] { return png(width, height); }, refused(says));
    add(
        "jpeg_" + name, [=] { return jpeg(width, height); }, refused(says));
    add(
        "gif_" + name, [=] { return gif(width, height); }, refused(says));
    if (size.height < 65535)
      add(
          "webp_" + name, [=] { return vp8_head(width, height); }, refused(says));
  }
  for (const Size size : {Size{0xFFFFFFFF, 0xFFFFFFFF}, Size{0x80000000, 0x80000000}, Size{0x10000, 0x10000},
                          Size{1, 0xFFFFFFFF}, Size{50'000'001, 1}, Size{7072, 7072}, Size{100'000, 100'000}}) {
    add(
        "png_claims_" + std::to_string(size.width) + "x" + std::to_string(size.height),
        [=] { return png_head(size.width, size.height) + png_chunk("IDAT", deflated(1000, 0)); },
        refused(std::to_string(size.width) + " x " + std::to_string(size.height) + " pixels, at most"));
  }
  for (const Size size : {Size{65535, 65535}, Size{7072, 7072}, Size{65535, 764}}) {
    const auto width = static_cast<std::uint16_t>(size.width), height = static_cast<std::uint16_t>(size.height);
    const std::string name = std::to_string(size.width) + "x" + std::to_string(size.height);
    add(
        "jpeg_claims_" + name,
        [=] { return jpeg(8, 8).replace(kJpegHeight, 4, jpeg(width, height).substr(kJpegHeight, 4)); },
        refused("pixels, at most"));
    add(
        "gif_claims_" + name,
        [=] { return gif(8, 8).replace(6, 4, gif(width, 1).substr(6, 2) + gif(height, 1).substr(6, 2)); },
        refused("pixels, at most"));
    add(
        "webp_claims_" + name, [=] { return vp8x_head(size.width, size.height); }, refused("pixels, at most"));
  }
  add(
      "webp_claims_16777216x16777216", [] { return vp8x_head(1 << 24, 1 << 24); }, refused("pixels, at most"));
}

void add_large_ones() {
  constexpr unsigned char kByte = 0x60;
  add(
      "png_50_megapixels", [] { return png(8000, 6250); }, large(right(kByte), 96));
  add(
      "png_50_megapixels_interlaced", [] { return png(8000, 6250, {.interlaced = true}); }, large(right(kByte), 512));
  add(
      "png_50_megapixels_16_bits", [] { return png(8000, 6250, {.bits = 16}); }, large(right(kByte), 96));
  add(
      "png_50_megapixels_16_bits_alpha_interlaced",
      [] { return png(8000, 6250, {.bits = 16, .colour = 6, .interlaced = true}); }, large(perhaps(), 512));
  add(
      "png_50_megapixels_of_one_bit", [] { return png(8000, 6250, {.bits = 1, .colour = 0, .byte = 0xFF}); },
      large(right(255), 96));
  add(
      "png_50_megapixels_a_tenth_there", [] { return png(8000, 6250, {.part = 0.1}); }, large(refused("damaged"), 96));
  add(
      "png_a_million_wide", [] { return png(1'000'000, 50); }, large(right(kByte), 256));
  add(
      "png_a_million_high", [] { return png(50, 1'000'000); }, large(right(kByte), 160));
  add(
      "png_50_million_wide", [] { return png(50'000'000, 1, {.bits = 1, .colour = 0}); }, large(perhaps(), 512));
  add(
      "png_50_million_high", [] { return png_head(1, 50'000'000) + png_chunk("IDAT", deflated(200'000'000, 0)); },
      large(perhaps(), 512));
  add(
      "jpeg_50_megapixels", [] { return jpeg(8000, 6250); }, large(right(128), 96));
  add(
      "jpeg_50_megapixels_progressive", [] { return jpeg(8000, 6250, 3); }, large(right(128), 384));
  add(
      "jpeg_widest", [] { return jpeg(65500, 8); }, large(right(128), 96));
  add(
      "jpeg_highest", [] { return jpeg(8, 65500); }, large(right(128), 96));
  add(
      "jpeg_of_90_scans", [] { return jpeg(8000, 6250, 90); }, large(perhaps(), 384));
  add(
      "jpeg_of_50000_scans", [] { return jpeg(8000, 6250, 50'000); }, refused("50001 scans, at most 100"));
  add(
      "webp_50_megapixels",
      [] { return webp("VP8L", "\x2F\x3F\x5F\x1A\x06\x07\x50\xB0\x82\x15\xAC\xFF\x81\x88\xE8\x7F\0"s); },
      large(right(kByte), 640));
  add(
      "gif_48_megapixels", [] { return gif(8000, 6000); }, large(right(), 640));
  add(
      "gif_of_20000_frames", [] { return gif(100, 100, 20'000); }, large(right(), 160));
  add(
      "gif_of_50_large_frames", [] { return gif(7000, 7000, 50); }, large(right(), 640));
}

void add_bombs() {
  constexpr std::size_t kMuch = std::size_t{256} << 20;
  const auto with = [](std::string chunks) { return png(20, 20, {.before_data = std::move(chunks)}); };
  add(
      "png_profile_of_256_megabytes", [=] { return with(png_chunk("iCCP", "x\0\0"s + deflated(kMuch, 0))); },
      large(perhaps(), 160));
  add(
      "png_text_of_256_megabytes", [=] { return with(png_chunk("zTXt", "x\0\0"s + deflated(kMuch, 'a'))); },
      large(perhaps(), 160));
  add(
      "png_international_text_of_256_megabytes",
      [=] { return with(png_chunk("iTXt", "x\0\1\0\0\0"s + deflated(kMuch, 'a'))); }, large(perhaps(), 160));
  add(
      "png_100000_texts",
      [=] {
        std::string chunks;
        for (int i = 0; i < 100'000; ++i) chunks += png_chunk("tEXt", "k" + std::to_string(i) + "\0text"s);
        return with(chunks);
      },
      large(perhaps(), 256));
  add(
      "png_data_of_256_megabytes",
      [] { return png_head(20, 20) + png_chunk("IDAT", deflated(kMuch, 0)) + png_chunk("IEND", ""); },
      large(perhaps(), 96));
  const std::string enough = "its data go on behind its last pixel";
  add(
      "png_data_of_18_gigabytes",
      [] { return png_head(20, 20) + png_chunk("IDAT", deflated(std::size_t{18} << 30, 0)) + png_chunk("IEND", ""); },
      refused(enough));
  add(
      "png_data_of_18_gigabytes_in_chunks",
      [] {
        const std::string data = deflated(std::size_t{18} << 30, 0);
        return png_head(4000, 4000) + png_chunk("IDAT", "") + png_chunk("IDAT", data.substr(0, 1000)) +
               png_chunk("IDAT", "") + png_chunk("IDAT", data.substr(1000)) + png_chunk("IEND", "");
      },
      refused(enough));
  add(
      "png_large_text", [=] { return with(png_chunk("tEXt", "k\0"s + std::string(2 << 20, 'a'))); }, right(0x60));
  add(
      "jpeg_many_segments",
      [] {
        std::string bytes = "\xFF\xD8"s;
        for (int i = 0; i < 300; ++i)
          bytes += jpeg_segment(static_cast<unsigned char>(0xE0 + i % 16), std::string(60'000, 'x'));
        return bytes + jpeg(16, 16).substr(2);
      },
      large(right(128), 160));
  add(
      "jpeg_many_profiles",
      [] {
        std::string bytes = "\xFF\xD8"s;
        for (int i = 1; i <= 255; ++i)
          bytes += jpeg_segment(0xE2, "ICC_PROFILE\0"s + static_cast<char>(i) + '\xFF' + std::string(60'000, 'x'));
        return bytes + jpeg(16, 16).substr(2);
      },
      large(right(128), 160));
  add(
      "jpeg_20_megabytes_of_fill", [] { return "\xFF\xD8"s + std::string(19 << 20, '\xFF') + jpeg(16, 16).substr(3); },
      large(perhaps(), 160));
  add(
      "jpeg_20_megabytes_of_zeros", [] { return jpeg(16, 16).substr(0, 150) + std::string(19 << 20, '\0'); },
      large(perhaps(), 160));
  add(
      "more_bytes_than_allowed", [] { return jpeg(16, 16) + std::string(20 << 20, '\0'); },
      large(refused("bytes, at most"), 96));
}

void add_kinds() {
  for (int colour = 0; colour < 7; ++colour) {
    for (const int bits : {1, 2, 4, 8, 16}) {
      const bool exists = (bits >= 8 || colour == 0) && colour != 1 && colour != 3 && colour != 5;
      const unsigned char byte = bits >= 8 ? 0x60 : 0xFF;
      const bool clear = colour == 4 || colour == 6;
      const PngOptions options{.bits = bits, .colour = colour, .byte = byte};
      const auto shown = static_cast<unsigned char>(clear ? 255 - (0xFF - byte) * 0x60 / 0xFF : byte);
      add(
          "png_colour_" + std::to_string(colour) + "_bits_" + std::to_string(bits),
          [=] { return png(20, 20, options); }, exists ? right(shown) : refused("damaged"));
    }
  }
  for (const int bits : {0, 3, 5, 7, 9, 32, 255})
    add(
        "png_bits_" + std::to_string(bits), [=] { return png(20, 20, {.bits = bits}); }, refused("damaged"));
  for (const char* colour : {"7", "8", "255"}) {
    add(
        "png_colour_" + std::string(colour),
        [=] {
          const std::string ihdr = "\0\0\0\x14\0\0\0\x14\x08"s + static_cast<char>(std::stoi(colour)) + "\0\0\0"s;
          return png_head(1, 1).substr(0, 8) + png_chunk("IHDR", ihdr) + png(20, 20).substr(33);
        },
        refused("damaged"));
  }
  for (int channels : {0, 2, 4, 5, 255}) {
    add(
        "jpeg_of_" + std::to_string(channels) + "_channels",
        [=] {
          std::string bytes = jpeg(16, 16);
          bytes[kJpegChannels] = static_cast<char>(channels);
          return bytes;
        },
        refused(""));
  }
}

void add_others() {
  const std::pair<const char*, std::string> others[] = {
      {"tiff", "II*\0\x08\0\0\0"s},
      {"tiff_big", "MM\0*\0\0\0\x08"s},
      {"bmp", "BM" + std::string(60, '\0')},
      {"pdf", "%PDF-1.7\n"},
      {"svg", "<svg xmlns='http://www.w3.org/2000/svg' width='99999' height='99999'/>"},
      {"xml", "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg>&a;</svg>"},
      {"html", "<html><body>404</body></html>"},
      {"heic", "\0\0\0\x18"s + "ftypheic"},
      {"avif", "\0\0\0\x18"s + "ftypavif"},
      {"jxl", "\xFF\x0A"s},
      {"jp2", "\0\0\0\x0CjP  \r\n\x87\n"s},
      {"psd", "8BPS\0\1"s},
      {"ico", "\0\0\1\0\1\0"s},
      {"ppm", "P6 1 1 255\nabc"},
      {"zip", "PK\3\4"s},
      {"gzip", "\x1F\x8B\x08"s},
      {"elf",
       "\x7F"
       "ELF"},
      {"script", "#!/bin/sh\nrm -rf /\n"},
      {"magick",
       "push graphic-context\nviewbox 0 0 1 1\nimage over 0,0 0,0 'https://example.com/x'\npop graphic-context"},
      {"matrix", "1 2\n3 4\n"},
      {"vips", "\x08\xF2\xA6\xB6"s + std::string(100, '\0')},
      {"zeros", std::string(1000, '\0')},
      {"text", "a picture"},
      {"wav", "RIFF\x24\0\0\0WAVEfmt "s},
      {"json", "{\"error\": \"not found\"}"},
      {"one_byte", "\xFF"s}};
  for (const auto& [name, bytes] : others)
    add(
        "other_" + std::string(name), [bytes = bytes] { return bytes; },
        refused("not a JPEG, PNG, WebP or GIF picture"));
  add(
      "nothing", [] { return ""s; }, refused("empty"));
}

}  // namespace

void add_made_picture_cases() {
  add_sizes();
  add_large_ones();
  add_bombs();
  add_kinds();
  add_others();
}

}  // namespace aisle::abuse::picture
