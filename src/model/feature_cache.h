// What an encoder made of an input, kept between runs: the interface, and an encoder that asks it first.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "model/encoder.h"

namespace aisle {

class FeatureCache {
 public:
  virtual ~FeatureCache() = default;
  // rows of `out` [keys, dimension] that are there; [i] of the answer says which.
  virtual std::vector<bool> find(std::string_view space, std::span<const Digest> keys, std::size_t dimension,
                                 std::span<float> out) = 0;
  virtual void put(std::string_view space, std::span<const Digest> keys, std::size_t dimension,
                   std::span<const float> rows) = 0;
};

// Keyed by the input's digest and what features depend on (feature_space). An input twice in one call is encoded once.
// Faulty inputs are not kept. `cache` must outlive it.
std::shared_ptr<const Encoder> with_cache(std::shared_ptr<const Encoder> encoder, FeatureCache& cache);

}  // namespace aisle
