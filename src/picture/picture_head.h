// What the first bytes of a file say, read without any decoder: which format it is, and how large. Hostile sizes are
// refused by it before libvips sees the file.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace aisle {

enum class PictureFormat { kJpeg, kPng, kWebp, kGif };

std::string_view to_string(PictureFormat format);  // "jpeg"

struct PictureSize {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

struct PictureHead {
  std::optional<PictureFormat> format;  // by the bytes; names of files and media types are not trusted
  std::string_view other;               // what a file without a format seems to be ("a PDF document"), or ""
  std::optional<PictureSize> size;      // as the head claims; none where the head ends before
};

PictureHead read_head(std::string_view bytes);

// How often a JPEG makes its decoder go over the whole picture; 1 where each pass must bring its own data for every
// block, which the number of bytes bounds. A progressive one has about ten; one that has nothing to say takes a
// few bytes.
int count_passes(std::string_view jpeg);

// True where the file's own marks of its end are there: a file that cannot be decoded is then damaged, else cut short.
// Of a GIF, to the end of the first frame.
bool reaches_its_end(PictureFormat format, std::string_view bytes);

}  // namespace aisle
