#include "core/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/error.h"
#include "core/ids.h"

namespace aisle {
namespace {

class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags, mode_t mode = 0644)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
    if (fd_ >= 0) return;
    if (errno == ENOENT) throw Error(ErrorCode::kNotFound, "no such file: " + path.string(), {{"file", path.string()}});
    throw errno_error("cannot open", path.string());
  }
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

void sync_path(const std::filesystem::path& path, int flags) {
  const Descriptor file(path, flags);
  if (::fsync(file.get()) != 0) throw errno_error("cannot sync", path.string());
}

std::size_t file_size(const Descriptor& file, const std::filesystem::path& path) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw errno_error("cannot read", path.string());
  if (!S_ISREG(status.st_mode))
    throw Error(ErrorCode::kInvalidArgument, path.string() + " is not a regular file", {{"file", path.string()}});
  return static_cast<std::size_t>(status.st_size);
}

void write_all(int fd, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw errno_error("cannot write", path.string());
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

std::string read_file(const std::filesystem::path& path, std::size_t max_bytes) {
  const Descriptor file(path, O_RDONLY | O_NONBLOCK);  // a pipe is refused, not waited for
  const std::size_t size = file_size(file, path);
  if (size > max_bytes) {
    throw Error(
        ErrorCode::kTooLarge,
        path.string() + " has " + std::to_string(size) + " bytes, at most " + std::to_string(max_bytes) + " are read",
        {{"file", path.string()}});
  }
  std::string text(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t got = ::read(file.get(), text.data() + filled, size - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw errno_error("cannot read", path.string());
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  text.resize(filled);
  return text;
}

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::path temporary = path;
  temporary += "." + new_id().substr(0, 12) + ".part";
  try {
    {
      const Descriptor file(temporary, O_WRONLY | O_CREAT | O_EXCL);
      write_all(file.get(), bytes, temporary);
    }
    publish_file(temporary, path);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

void publish_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  sync_path(from, O_RDONLY);
  if (::rename(from.c_str(), to.c_str()) != 0) throw errno_error("cannot rename to", to.string());
  const std::filesystem::path folder = to.has_parent_path() ? to.parent_path() : ".";
  sync_path(folder, O_RDONLY | O_DIRECTORY);
}

MappedFile::MappedFile(const std::filesystem::path& path) {
  const Descriptor file(path, O_RDONLY | O_NONBLOCK);  // a pipe is refused, not waited for
  size_ = file_size(file, path);
  if (size_ == 0) return;
  void* address = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (address == MAP_FAILED) throw errno_error("cannot map", path.string());
  data_ = static_cast<const std::byte*>(address);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);  // NOLINT: munmap takes no const
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

std::uint64_t peak_memory_bytes() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace aisle
