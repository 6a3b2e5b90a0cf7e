#include "storage/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "core/error.h"

namespace aisle {

// Closes the descriptor in every case that throws later: this one is complete when the others delegate to it.
FolderLock::FolderLock(const std::filesystem::path& folder)
    : folder_(folder), descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0) throw errno_error("cannot open the folder", folder.string());
}

FolderLock::FolderLock(const std::filesystem::path& folder, Kind kind) : FolderLock(folder) {
  take(kind == Kind::kShared ? LOCK_SH : LOCK_EX);
}

FolderLock::~FolderLock() {
  ::close(descriptor_);
}

std::unique_ptr<FolderLock> FolderLock::try_exclusive(const std::filesystem::path& folder) {
  std::unique_ptr<FolderLock> lock(new FolderLock(folder));
  if (!lock->take(LOCK_EX | LOCK_NB)) return nullptr;
  return lock;
}

bool FolderLock::take(int operation) {
  while (::flock(descriptor_, operation) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) throw errno_error("cannot lock the folder", folder_.string());
  }
  return true;
}

}  // namespace aisle
