#include "workflow/npy_writer.h"

#include <bit>
#include <string>

#include "core/error.h"

namespace aisle {
namespace {

static_assert(std::endian::native == std::endian::little, "the file says '<f4'");

constexpr std::size_t kHeaderBytes = 128;  // of all that stands before the numbers; a multiple of 64

}  // namespace

NpyWriter::NpyWriter(const std::filesystem::path& file, std::size_t columns)
    : path_(file), file_(file, std::ios::binary | std::ios::trunc), columns_(columns) {
  if (!file_) fail();
  write_header();
}

void NpyWriter::write_header() {
  std::string header("\x93NUMPY\x01\x00", 8);
  const std::size_t length = kHeaderBytes - header.size() - 2;
  header += static_cast<char>(length & 0xff);
  header += static_cast<char>(length >> 8);
  header += "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(rows_) + ", " +
            std::to_string(columns_) + "), }";
  header.resize(kHeaderBytes - 1, ' ');
  header += '\n';
  file_.write(header.data(), static_cast<std::streamsize>(header.size()));
}

void NpyWriter::add(std::span<const float> rows) {
  file_.write(reinterpret_cast<const char*>(rows.data()), static_cast<std::streamsize>(rows.size_bytes()));
  if (!file_) fail();
  rows_ += rows.size() / columns_;
}

void NpyWriter::finish() {
  file_.seekp(0);
  write_header();
  file_.close();
  if (!file_) fail();
}

void NpyWriter::fail() const {
  throw Error(ErrorCode::kIo, "cannot write " + path_.string() + "; is the disk full or the folder missing?");
}

}  // namespace aisle
