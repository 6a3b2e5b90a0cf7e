// Labels to class numbers while items are read; then put in order, so that the numbers do not depend on the order of
// the items.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "domain/task.h"

namespace aisle {

class LabelTable {
 public:
  // The number of `label` for now.
  std::uint32_t add(const std::string& label);
  std::size_t size() const { return labels_.size(); }

  // Sorts the labels; [old number] -> new number.
  std::vector<std::uint32_t> sort();

  // In order, with the names that `known` gives; counts are the caller's.
  std::vector<LabelInfo> infos(std::span<const LabelInfo> known) const;

 private:
  std::vector<std::string> labels_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

}  // namespace aisle
