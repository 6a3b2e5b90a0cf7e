// What is known of each labelled item outside the test part, in the order of reading.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "train/label_table.h"
#include "train/trainer.h"
#include "train/vocabulary.h"

namespace aisle {

struct ItemTruth {
  LabelTable labels;                           // in order
  std::vector<std::uint32_t> label_starts{0};  // [items + 1]
  std::vector<std::uint32_t> item_labels;
  std::vector<std::uint64_t> keys;       // items of one key are never split apart
  std::vector<std::uint8_t> validation;  // as stored

  std::size_t size() const { return keys.size(); }
  std::span<const std::uint32_t> of(std::size_t item) const {
    return std::span(item_labels).subspan(label_starts[item], label_starts[item + 1] - label_starts[item]);
  }
  SparseSet labels_of(std::span<const std::uint32_t> items) const;  // without features
  SparseSet all_labels() const;
};

// From the request's supply. kFailedPrecondition for fewer than two labels.
ItemTruth read_truth(const TrainRequest& request, const TrainCallbacks& callbacks);

}  // namespace aisle
