#include "ingest/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/error.h"

namespace aisle {
namespace {

class FileBytes final : public ByteSource {
 public:
  explicit FileBytes(const std::filesystem::path& path) : path_(path), fd_(open(path)) {
    struct stat status {};
    if (::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode)) total_ = static_cast<std::uint64_t>(status.st_size);
    if (!S_ISDIR(status.st_mode)) return;
    ::close(fd_);
    throw Error(ErrorCode::kInvalidArgument, path.string() + " is a folder, a file is wanted here",
                {{"file", path.string()}});
  }
  ~FileBytes() override {
    if (fd_ != STDIN_FILENO) ::close(fd_);
  }
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  std::size_t read(std::span<char> buffer) override {
    for (;;) {
      const ssize_t got = ::read(fd_, buffer.data(), buffer.size());
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) throw errno_error("cannot read", path_.string());
    }
  }
  std::uint64_t total_bytes() const override { return total_; }

 private:
  static int open(const std::filesystem::path& path) {
    if (path == "-") return STDIN_FILENO;
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) return fd;
    if (errno == ENOENT) throw Error(ErrorCode::kNotFound, "no such file: " + path.string(), {{"file", path.string()}});
    throw errno_error("cannot open", path.string());
  }

  std::filesystem::path path_;
  int fd_;
  std::uint64_t total_ = 0;
};

class MemoryBytes final : public ByteSource {
 public:
  MemoryBytes(std::string_view text, std::size_t piece_bytes)
      : rest_(text), piece_bytes_(std::max<std::size_t>(piece_bytes, 1)), total_(text.size()) {}

  std::size_t read(std::span<char> buffer) override {
    const std::size_t size = std::min({buffer.size(), piece_bytes_, rest_.size()});
    if (size > 0) std::memcpy(buffer.data(), rest_.data(), size);
    rest_.remove_prefix(size);
    return size;
  }
  std::uint64_t total_bytes() const override { return total_; }

 private:
  std::string_view rest_;
  std::size_t piece_bytes_;
  std::uint64_t total_;
};

}  // namespace

std::unique_ptr<ByteSource> open_bytes(const std::filesystem::path& path) {
  return std::make_unique<FileBytes>(path);
}

std::unique_ptr<ByteSource> bytes_of(std::string_view text, std::size_t piece_bytes) {
  return std::make_unique<MemoryBytes>(text, piece_bytes);
}

std::size_t checked_mark_size(std::string_view start, const std::string& file) {
  using namespace std::string_view_literals;
  if (start.starts_with("\xEF\xBB\xBF"sv)) return 3;
  // Without a mark, ASCII text in UTF-16 or UTF-32 has a NUL beside each letter.
  const bool marked =
      start.starts_with("\xFF\xFE"sv) || start.starts_with("\xFE\xFF"sv) || start.starts_with("\0\0\xFE\xFF"sv);
  const auto nul = [&](std::size_t i) { return start[i] == '\0'; };
  const bool unmarked_16 = start.size() >= 4 && nul(0) != nul(1) && nul(2) != nul(3);
  const bool unmarked_32 = start.size() >= 4 && nul(1) && nul(2) && nul(0) != nul(3);
  const bool unmarked = unmarked_16 || unmarked_32;
  if (!marked && !unmarked) return 0;
  throw Error(
      ErrorCode::kInvalidArgument,
      file +
          " is in UTF-16 or UTF-32, UTF-8 is wanted: convert it with `iconv -f UTF-16 -t UTF-8`, or save it as UTF-8",
      {{"file", file}});
}

}  // namespace aisle
