// What names a snapshot: the digest over (id, content, split) of its items, added by id. The same in every store.
#pragma once

#include <string_view>

#include "core/digest.h"
#include "domain/item.h"
#include "domain/registry_types.h"

namespace aisle {

class SnapshotDigest {
 public:
  void add(std::string_view id, const Digest& content, Split split);
  // Fills in digest, items, train, validation and test. Once.
  void finish(Snapshot& snapshot);

 private:
  Hasher hasher_;
  std::int64_t parts_[3] = {0, 0, 0};
};

}  // namespace aisle
