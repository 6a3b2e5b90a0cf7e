// Items to the rows of features that a frozen network makes of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/encoder.h"
#include "train/dense_fit.h"
#include "train/linear_data.h"
#include "train/trainer.h"

namespace aisle {

struct FrozenData {
  DenseSet set;                          // labels are numbers of the table, not in order yet
  std::vector<std::uint64_t> keys;       // [items]: items of one key are never split apart
  std::vector<std::uint8_t> validation;  // [items], as stored
  std::vector<std::uint32_t> numbers;    // [items]: their place in the order of reading
  std::vector<std::uint32_t> unread;     // places of the items that have nothing the network reads
  std::size_t without_input = 0;         // items that have nothing the network reads
  std::size_t faulty = 0;                // pictures, or texts, that cannot be read
  std::size_t left_out = 0;              // by the bound on memory
  std::string fault;                     // the first of them
};

// Which items stay where the memory does not hold all: each further bit of the mask halves them, by key.
bool is_kept(std::uint64_t key, std::uint64_t mask);

// Reads all items, batch by batch, with progress. Where the rows would take more than max_bytes, every second item (by
// a hash of its key) is left out, and again, so that what stays is a sample of all.
FrozenData read_features(TrainItemReader& reader, const Encoder& encoder, std::size_t threads, std::size_t max_bytes,
                         const TrainCallbacks& callbacks);

// Moves and scales features so that their mean is 0 and the mean square length of a row is 1: then one grid of
// penalties fits every network.
struct FeatureScale {
  std::vector<float> mean;  // [dimension]
  float scale = 1;
};
FeatureScale fit_scale(const DenseSet& set);
void apply(const FeatureScale& scale, DenseSet& set);

}  // namespace aisle
