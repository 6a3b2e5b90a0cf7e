// Files: whole reads with a bound, atomic durable writes, read-only maps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace aisle {

// Throws kNotFound, kTooLarge (over max_bytes) or kIo, each with the path.
std::string read_file(const std::filesystem::path& path, std::size_t max_bytes);

// Writes a temporary file beside `path`, syncs it, renames it over `path` and syncs the folder: after a crash
// there is the old file or the new one, never a part.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

// Syncs a finished file and renames it to `to` durably (same file system).
void publish_file(const std::filesystem::path& from, const std::filesystem::path& to);

// A whole file mapped read-only. Movable. The bytes live as long as the object.
class MappedFile {
 public:
  MappedFile() = default;
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_}; }

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

// Peak resident memory of this process in bytes.
std::uint64_t peak_memory_bytes();

}  // namespace aisle
