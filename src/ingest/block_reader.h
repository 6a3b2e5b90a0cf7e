// Reads a file or a pipe in blocks of whole lines, so that several threads can parse at once: one thread reads
// blocks, each worker takes one. Memory: what the caller keeps of blocks, about 256 KB each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "ingest/byte_source.h"

namespace aisle {

// Whole lines (the last one of a file may lack its line end). May be moved to another thread; reuse keeps its buffer.
struct LineBlock {
  std::int64_t first_line = 1;
  std::string buffer;          // the lines and then kPaddingBytes that a vectorised parser may read
  std::size_t size_bytes = 0;  // of the lines
  bool too_long = false;       // the start of one line over limits::kRowBytes, whose rest was passed over

  static constexpr std::size_t kPaddingBytes = 64;
  std::string_view text() const { return {buffer.data(), size_bytes}; }
};

class BlockReader {
 public:
  static constexpr std::size_t kBlockBytes = 256 << 10;

  explicit BlockReader(std::unique_ptr<ByteSource> source, std::string file, std::size_t block_bytes = kBlockBytes);

  // Overwrites `block`; false at the end. Throws kInvalidArgument for UTF-16, kIo. A byte order mark is passed over.
  bool next(LineBlock& block);

  std::uint64_t bytes_done() const { return bytes_read_ - carried_.size(); }
  std::uint64_t bytes_total() const { return source_->total_bytes(); }
  const std::string& file() const { return file_; }

 private:
  void start(LineBlock& block);
  bool read_more(LineBlock& block, std::size_t bytes);
  void cut_line(LineBlock& block);

  std::unique_ptr<ByteSource> source_;
  std::string file_;
  std::size_t block_bytes_;
  std::string carried_;  // the start of a line whose end is not yet read
  std::int64_t line_ = 1;
  std::uint64_t bytes_read_ = 0;
  bool at_start_ = true;
  bool at_end_ = false;
};

// Nothing but spaces: such a line is passed over.
inline bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

// Walks the lines of a text. Line ends (LF or CRLF) are not part of a line.
class LineCursor {
 public:
  explicit LineCursor(std::string_view text, std::int64_t first_line = 1) : rest_(text), next_row_(first_line) {}

  bool next(std::string_view& line, std::int64_t& row) {
    if (rest_.empty()) return false;
    const std::size_t end = rest_.find('\n');
    line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    row = next_row_++;
    return true;
  }

 private:
  std::string_view rest_;
  std::int64_t next_row_;
};

}  // namespace aisle
