// Where bytes come from: a file, a pipe, standard input, or memory. Read forward once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace aisle {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills a part of `buffer` (at least one byte) and returns how much; 0 at the end. Throws kIo.
  virtual std::size_t read(std::span<char> buffer) = 0;
  // Bytes in all, 0 where that is not known.
  virtual std::uint64_t total_bytes() const = 0;
};

// "-" is standard input. Throws kNotFound, kInvalidArgument (a folder) or kIo.
std::unique_ptr<ByteSource> open_bytes(const std::filesystem::path& path);

// Borrows `text`; gives at most `piece_bytes` a read, so that tests can cut anywhere.
std::unique_ptr<ByteSource> bytes_of(std::string_view text, std::size_t piece_bytes = 1 << 16);

// The length of a UTF-8 byte order mark at the start of a file (0 or 3). Throws kInvalidArgument for UTF-16 and
// UTF-32, with what to do. `start`: the first four bytes or more, less where the file has less.
std::size_t checked_mark_size(std::string_view start, const std::string& file);

}  // namespace aisle
