// One hostile picture: probed and rendered, refused with a clear reason or right.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace aisle::abuse::picture {

struct Expected {
  enum class Answer { kRefused, kRight, kPerhaps } answer = Answer::kPerhaps;
  std::string reason = {};                         // a part of it, where it is refused
  std::optional<unsigned char> grey = {};          // of every pixel, where it is right
  double seconds = 5;                              // of the processor
  std::size_t peak_bytes = std::size_t{96} << 20;  // resident, over what was there
};

Expected refused(std::string reason);
Expected right(std::optional<unsigned char> grey = {});
Expected perhaps();

// Registers "suite.name". `make` runs when the case runs.
void add_picture_case(const std::string& suite, const std::string& name, std::function<std::string()> make,
                      const Expected& expected);

// The two sets of cases.
void add_changed_picture_cases();  // good ones, cut, damaged and mixed
void add_made_picture_cases();     // bombs, impossible sizes and kinds

}  // namespace aisle::abuse::picture
