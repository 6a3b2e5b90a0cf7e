#include "ingest/block_reader.h"

#include <algorithm>
#include <utility>

#include "domain/limits.h"

namespace aisle {

BlockReader::BlockReader(std::unique_ptr<ByteSource> source, std::string file, std::size_t block_bytes)
    : source_(std::move(source)), file_(std::move(file)), block_bytes_(std::max<std::size_t>(block_bytes, 1)) {}

bool BlockReader::next(LineBlock& block) {
  start(block);
  std::size_t searched = 0;  // no line ends before this
  for (;;) {
    const std::size_t found = block.text().substr(searched).rfind('\n');
    if (found != std::string_view::npos && (block.size_bytes >= block_bytes_ || at_end_)) {
      const std::size_t end = searched + found + 1;
      // What follows the last line end waits for its own, unless there is none to come.
      if (!at_end_) {
        carried_.assign(block.text().substr(end));
        block.size_bytes = end;
      }
      break;
    }
    if (at_end_) break;
    if (found == std::string_view::npos) searched = block.size_bytes;
    if (searched > limits::kRowBytes) {
      cut_line(block);
      return true;
    }
    read_more(block, std::max(block_bytes_, block.size_bytes));
  }
  line_ += std::count(block.text().begin(), block.text().end(), '\n');
  return block.size_bytes > 0;
}

void BlockReader::start(LineBlock& block) {
  block.first_line = line_;
  block.too_long = false;
  block.buffer.resize(std::max(block.buffer.size(), carried_.size() + LineBlock::kPaddingBytes));
  std::ranges::copy(carried_, block.buffer.begin());
  block.size_bytes = carried_.size();
  carried_.clear();
  if (!at_start_) return;
  at_start_ = false;
  while (block.size_bytes < 4 && read_more(block, block_bytes_)) {
  }
  const std::size_t mark = checked_mark_size(block.text(), file_);
  block.buffer.erase(0, mark);
  block.buffer.resize(block.buffer.size() + mark);
  block.size_bytes -= mark;
}

bool BlockReader::read_more(LineBlock& block, std::size_t bytes) {
  // A small file needs no large block; one byte more, to see its end.
  const std::uint64_t total = source_->total_bytes();
  if (total > bytes_read_) bytes = std::min<std::uint64_t>(bytes, total - bytes_read_ + 1);
  block.buffer.resize(std::max(block.buffer.size(), block.size_bytes + bytes + LineBlock::kPaddingBytes));
  const std::size_t got = source_->read({block.buffer.data() + block.size_bytes, bytes});
  block.size_bytes += got;
  bytes_read_ += got;
  at_end_ = got == 0;
  return !at_end_;
}

void BlockReader::cut_line(LineBlock& block) {
  constexpr std::size_t kShownBytes = 200;
  block.too_long = true;
  block.size_bytes = kShownBytes;
  std::string buffer(BlockReader::kBlockBytes, '\0');
  ++line_;
  for (;;) {
    const std::size_t got = source_->read(buffer);
    bytes_read_ += got;
    at_end_ = got == 0;
    const std::string_view text(buffer.data(), got);
    const std::size_t end = text.find('\n');
    if (end != std::string_view::npos) {
      carried_.assign(text.substr(end + 1));
      return;
    }
    if (at_end_) return;
  }
}

}  // namespace aisle
