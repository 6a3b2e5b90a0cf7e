// Reads the values of `--set`, with their defaults and ranges.
#pragma once

#include <charconv>
#include <span>
#include <string>

#include "train/trainer.h"

namespace aisle {

class OptionReader {
 public:
  OptionReader(const Parameters& parameters, std::span<const OptionSpec> specs)
      : parameters_(parameters), specs_(specs) {}

  // The value, or the default of the specs.
  const std::string& text(const std::string& key) const;
  bool flag(const std::string& key) const;

  // kInvalidArgument with the key and the range.
  template <typename T>
  T number(const std::string& key, T least, T most) const {
    const std::string& value = text(key);
    T number{};
    const auto [end, status] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (status != std::errc() || end != value.data() + value.size() || !(number >= least && number <= most))
      refuse(key, "a number from " + std::to_string(least) + " to " + std::to_string(most));
    return number;
  }

  [[noreturn]] void refuse(const std::string& key, const std::string& wanted) const;

 private:
  const Parameters& parameters_;
  std::span<const OptionSpec> specs_;
};

}  // namespace aisle
