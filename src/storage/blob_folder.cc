#include "storage/blob_folder.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>

#include "core/error.h"
#include "core/files.h"
#include "core/ids.h"
#include "storage/folder_lock.h"

namespace aisle {
namespace {

namespace fs = std::filesystem;

constexpr auto kLeftBehind = std::chrono::hours(24);
constexpr std::size_t kPlaceDigits = 8;

void make_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return;
  throw errno_error("cannot make the folder", folder.string());
}

void sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) throw errno_error("cannot open", folder.string());
  const int status = ::fsync(descriptor);
  ::close(descriptor);
  if (status != 0) throw errno_error("cannot sync", folder.string());
}

// Process numbers mean something only on one machine and in one container. This names both.
std::string process_place() {
  std::string host(HOST_NAME_MAX + 1, '\0');
  ::gethostname(host.data(), host.size() - 1);
  std::error_code ignored;
  return digest_of(host.c_str() + fs::read_symlink("/proc/self/ns/pid", ignored).string())
      .hex()
      .substr(0, kPlaceDigits);
}

// Names of temporary files: <place>-<process>-<purpose>-<id>.
bool owner_is_dead(std::string_view name) {
  const std::string prefix = process_place() + "-";
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  pid_t process = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), process);
  if (error != std::errc() || process <= 0 || end == name.data() + name.size() || *end != '-') return false;
  return ::kill(process, 0) != 0 && errno == ESRCH;
}

bool is_old(const fs::path& file) {
  std::error_code error;
  const auto written = fs::last_write_time(file, error);
  return !error && fs::file_time_type::clock::now() - written > kLeftBehind;
}

void remove_left_behind(const fs::path& folder) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    std::error_code ignored;
    if (owner_is_dead(entry.path().filename().string()) || is_old(entry.path())) fs::remove_all(entry.path(), ignored);
  }
}

void write_new_file(const fs::path& file, std::string_view bytes) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) throw errno_error("cannot make", file.string());
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const Error error = errno_error("cannot write", file.string());
      ::close(descriptor);
      throw error;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  ::close(descriptor);
}

// blobs/ab/cdef... back to its digest; nullopt for a file that is no blob.
std::optional<Digest> digest_at(const fs::path& file) {
  const std::string name = file.parent_path().filename().string() + file.filename().string();
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (name.size() != 2 * sizeof(Digest::bytes) || !std::ranges::all_of(name, is_digit)) return std::nullopt;
  return Digest::from_hex(name);
}

class Hold final : public BlobHold {
 public:
  Hold(const fs::path& blobs, std::atomic<int>& holds) : lock_(blobs, FolderLock::Kind::kShared), holds_(holds) {
    ++holds_;
  }
  ~Hold() override { --holds_; }

 private:
  FolderLock lock_;
  std::atomic<int>& holds_;
};

class BlobFolder final : public BlobStore {
 public:
  explicit BlobFolder(const fs::path& folder) : blobs_(folder / "blobs"), temporary_(folder / "tmp") {}

  std::unique_ptr<BlobHold> hold() override { return std::make_unique<Hold>(blobs_, holds_); }

  Digest put(std::string_view bytes) override {
    check_held();
    const Digest digest = digest_of(bytes);
    if (contains(digest)) return digest;
    const fs::path file = temporary_path("blob");
    try {
      write_new_file(file, bytes);
      publish(file, digest);
    } catch (...) {
      ::unlink(file.c_str());
      throw;
    }
    return digest;
  }

  Digest adopt(const fs::path& file) override {
    check_held();
    const Digest digest = digest_of(MappedFile(file).text());
    if (contains(digest)) {
      ::unlink(file.c_str());
    } else {
      publish(file, digest);
    }
    return digest;
  }

  fs::path path_of(const Digest& digest) const override {
    fs::path file = place_of(digest);
    if (fs::exists(file)) return file;
    throw Error(ErrorCode::kNotFound, "the workspace has lost the file " + file.string() + "; restore it from a backup",
                {{"file", file.string()}});
  }

  bool contains(const Digest& digest) const override { return fs::exists(place_of(digest)); }

  fs::path temporary_path(std::string_view purpose) override {
    return temporary_ / (process_place() + "-" + std::to_string(::getpid()) + "-" + std::string(purpose) + "-" +
                         new_id().substr(0, 16));
  }

  std::optional<CollectedBlobs> collect(const std::function<std::vector<Digest>()>& wanted,
                                        const CancelToken& cancel) override {
    const auto lock = FolderLock::try_exclusive(blobs_);
    if (!lock) return std::nullopt;
    std::vector<Digest> kept = wanted();
    std::ranges::sort(kept);
    try {
      return sweep(kept, cancel);
    } catch (const fs::filesystem_error& error) {
      throw Error(ErrorCode::kIo, "cannot look through the blobs: " + std::string(error.what()));
    }
  }

 private:
  CollectedBlobs sweep(const std::vector<Digest>& kept, const CancelToken& cancel) const {
    CollectedBlobs result;
    for (const fs::directory_entry& folder : fs::directory_iterator(blobs_)) {
      cancel.check();
      if (!folder.is_directory()) continue;
      for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
        const std::optional<Digest> digest = digest_at(entry.path());
        if (!digest) continue;
        if (std::ranges::binary_search(kept, *digest)) {
          ++result.kept;
          continue;
        }
        result.removed_bytes += static_cast<std::int64_t>(entry.file_size());
        ++result.removed;
        fs::remove(entry.path());
      }
    }
    return result;
  }

  void check_held() const {
    if (holds_ == 0) throw Error(ErrorCode::kInternal, "a blob is stored without a hold: it could be collected");
  }

  fs::path place_of(const Digest& digest) const {
    const std::string hex = digest.hex();
    return blobs_ / hex.substr(0, 2) / hex.substr(2);
  }

  // The folder's own entry must be on disk before the file's is worth anything.
  void publish(const fs::path& file, const Digest& digest) {
    const fs::path place = place_of(digest);
    if (!fs::exists(place.parent_path())) {
      make_folder(place.parent_path());
      sync_folder(blobs_);
    }
    publish_file(file, place);
  }

  fs::path blobs_;
  fs::path temporary_;
  std::atomic<int> holds_{0};
};

}  // namespace

void make_blob_folders(const fs::path& folder) {
  make_folder(folder / "blobs");
  make_folder(folder / "tmp");
}

std::unique_ptr<BlobStore> open_blob_folder(const fs::path& folder) {
  make_blob_folders(folder);
  remove_left_behind(folder / "tmp");
  return std::make_unique<BlobFolder>(folder);
}

}  // namespace aisle
