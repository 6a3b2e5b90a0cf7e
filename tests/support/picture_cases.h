// The committed pictures of every kind, and what Pillow makes of each (tests/data/pictures/generate.py).
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "core/files.h"
#include "picture/picture_frame.h"

namespace aisle {

inline std::string picture_file(const std::string& name) {
  return read_file(std::string(AISLE_TEST_DATA) + "/pictures/reference/" + name, 1 << 20);
}

struct PictureCase {
  std::string name;
  PictureFrame frame;
  int largest = 0;  // difference allowed, of 255
  double mean = 0;
  std::string pixels;  // expected, 8-bit RGB

  std::string text() const {
    return name + " to " + std::to_string(frame.width) + " x " + std::to_string(frame.height) + " of " +
           std::to_string(frame.resized);
  }
};

inline std::vector<PictureCase> picture_cases() {
  const std::string pixels = picture_file("expected.rgb");
  std::ifstream lines(std::string(AISLE_TEST_DATA) + "/pictures/reference/cases.txt");
  std::vector<PictureCase> cases;
  std::string how, filter;
  std::size_t start = 0;
  for (PictureCase one; lines >> one.name >> one.frame.width >> one.frame.height >> how >> one.frame.resized >>
                        filter >> one.largest >> one.mean >> start;) {
    one.frame.resize = how == "squash" ? PictureResize::kSquash : PictureResize::kShortestSide;
    one.frame.filter = filter == "bicubic"   ? PictureFilter::kBicubic
                       : filter == "lanczos" ? PictureFilter::kLanczos
                                             : PictureFilter::kBilinear;
    one.pixels = pixels.substr(start, static_cast<std::size_t>(3 * one.frame.width * one.frame.height));
    cases.push_back(one);
  }
  return cases;
}

}  // namespace aisle
