// Items from memory.
#pragma once

#include <utility>
#include <vector>

#include "domain/item.h"

namespace aisle {

class VectorSource final : public ItemSource {
 public:
  explicit VectorSource(std::vector<Item> items) : items_(std::move(items)) {}
  bool next(Item& item) override {
    if (next_ == items_.size()) return false;
    item = items_[next_++];
    return true;
  }

 private:
  std::vector<Item> items_;
  std::size_t next_ = 0;
};

}  // namespace aisle
