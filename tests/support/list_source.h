// Items of a list, as a source.
#pragma once

#include <vector>

#include "domain/item.h"

namespace aisle::tests {

class ListSource final : public ItemSource {
 public:
  explicit ListSource(const std::vector<Item>& items) : items_(items) {}
  bool next(Item& item) override {
    if (at_ == items_.size()) return false;
    item = items_[at_++];
    return true;
  }

 private:
  const std::vector<Item>& items_;
  std::size_t at_ = 0;
};

}  // namespace aisle::tests
