#include "storage/snapshot_digest.h"

namespace aisle {

void SnapshotDigest::add(std::string_view id, const Digest& content, Split split) {
  hasher_.add_framed(id);
  hasher_.add({reinterpret_cast<const char*>(content.bytes.data()), content.bytes.size()});
  const char part = static_cast<char>(split);
  hasher_.add({&part, 1});
  ++parts_[static_cast<std::size_t>(split)];
}

void SnapshotDigest::finish(Snapshot& snapshot) {
  snapshot.digest = hasher_.finish();
  snapshot.train = parts_[0];
  snapshot.validation = parts_[1];
  snapshot.test = parts_[2];
  snapshot.items = parts_[0] + parts_[1] + parts_[2];
}

}  // namespace aisle
