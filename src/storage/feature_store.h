// What frozen networks made of texts and pictures, kept so that nothing is computed twice: a bounded cache in a
// database of its own, which may be deleted at any time. What it holds is not backed up and not synced at every commit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/digest.h"

namespace aisle {

class FeatureStore {
 public:
  virtual ~FeatureStore() = default;
  // Rows of one space (a network at one precision) by the digest of what was computed. out: [keys, dimension] float32;
  // [i] of the answer says whether row i was there, other rows of `out` stay as they are. A row of another dimension
  // is not there. Thread-safe.
  virtual std::vector<bool> find(std::string_view space, std::span<const Digest> keys, std::size_t dimension,
                                 std::span<float> out) = 0;
  // rows: [keys, dimension]. A key that is there is left alone. The oldest rows of all spaces go where the bound is
  // passed. Thread-safe, and safe beside another process.
  virtual void put(std::string_view space, std::span<const Digest> keys, std::size_t dimension,
                   std::span<const float> rows) = 0;
  virtual void remove_space(std::string_view space) = 0;
  virtual std::int64_t size_bytes() = 0;  // of all rows
};

// A damaged file is thrown away and begun anew. kIo.
std::unique_ptr<FeatureStore> open_feature_store(const std::filesystem::path& file, std::int64_t max_bytes);
std::unique_ptr<FeatureStore> memory_feature_store(std::int64_t max_bytes);

}  // namespace aisle
