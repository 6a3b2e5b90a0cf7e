#include "http/spool.h"

#include <fcntl.h>
#include <stdlib.h>  // mkstemp is POSIX, not C++
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/error.h"

namespace aisle::http {

Spool::Spool(std::filesystem::path folder) : folder_(std::move(folder)) {}

Spool::~Spool() {
  if (file_ >= 0) close(file_);
}

void Spool::open_file() {
  std::string name =
      ((folder_.empty() ? std::filesystem::temp_directory_path() : folder_) / "aisle-answers-XXXXXX").string();
  file_ = mkostemp(name.data(), O_CLOEXEC);
  if (file_ < 0) throw errno_error("cannot make the temporary file", name);
  unlink(name.c_str());
}

void Spool::append(std::string_view bytes) {
  if (file_begin_ == file_end_ && front_.size() - front_read_ + bytes.size() <= kMemoryBytes) {
    if (front_read_ > 0) front_.erase(0, std::exchange(front_read_, 0));
    front_ += bytes;
    return;
  }
  if (file_ < 0) open_file();
  while (!bytes.empty()) {
    const ssize_t written = pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(file_end_));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw errno_error("cannot keep the waiting answers in", folder_.string());
    bytes.remove_prefix(static_cast<std::size_t>(written));
    file_end_ += static_cast<std::uint64_t>(written);
  }
}

std::size_t Spool::take(std::size_t max_bytes, std::string& out) {
  if (front_read_ < front_.size()) {
    const std::size_t bytes = std::min(max_bytes, front_.size() - front_read_);
    out.append(front_, front_read_, bytes);
    front_read_ += bytes;
    if (front_read_ == front_.size()) front_.erase(0, std::exchange(front_read_, 0));
    return bytes;
  }
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(max_bytes, file_end_ - file_begin_));
  if (wanted == 0) return 0;
  const std::size_t before = out.size();
  out.resize(before + wanted);
  ssize_t got = 0;
  do {
    got = pread(file_, out.data() + before, wanted, static_cast<off_t>(file_begin_));
  } while (got < 0 && errno == EINTR);
  if (got <= 0) throw errno_error("cannot read the waiting answers in", folder_.string());
  out.resize(before + static_cast<std::size_t>(got));
  file_begin_ += static_cast<std::uint64_t>(got);
  if (file_begin_ == file_end_) {
    file_begin_ = file_end_ = 0;
    if (ftruncate(file_, 0) != 0) throw errno_error("cannot empty the waiting answers in", folder_.string());
  }
  return static_cast<std::size_t>(got);
}

}  // namespace aisle::http
