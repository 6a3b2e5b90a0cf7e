// A lock on a folder, between processes and between threads. The system lets go of it when a process dies, however.
#pragma once

#include <filesystem>
#include <memory>

namespace aisle {

class FolderLock {
 public:
  enum class Kind { kShared, kExclusive };
  // Waits for it. kIo.
  FolderLock(const std::filesystem::path& folder, Kind kind);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

  // Exclusive, or null where anybody else has a lock. kIo.
  static std::unique_ptr<FolderLock> try_exclusive(const std::filesystem::path& folder);

 private:
  explicit FolderLock(const std::filesystem::path& folder);
  bool take(int operation);  // false where it would have to wait

  std::filesystem::path folder_;
  int descriptor_;
};

}  // namespace aisle
