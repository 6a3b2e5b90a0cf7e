// Answers that wait for a client who does not read yet: a little in memory, the rest in an unlinked temporary file. So
// a client may send its whole batch before it reads the first answer, and memory stays bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace aisle::http {

// One thread. Bytes leave in the order in which they came.
class Spool {
 public:
  explicit Spool(std::filesystem::path folder);  // empty: the system's temporary folder
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  void append(std::string_view bytes);  // kIo when the disk is full
  // Moves at most `max_bytes` to the end of `out`; returns how many.
  std::size_t take(std::size_t max_bytes, std::string& out);
  std::uint64_t size() const { return front_.size() - front_read_ + (file_end_ - file_begin_); }

  static constexpr std::size_t kMemoryBytes = 256 << 10;

 private:
  void open_file();

  std::filesystem::path folder_;
  std::string front_;  // older than what is in the file
  std::size_t front_read_ = 0;
  int file_ = -1;
  std::uint64_t file_begin_ = 0, file_end_ = 0;
};

}  // namespace aisle::http
