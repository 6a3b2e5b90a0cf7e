// A matrix of float32 as NumPy reads it (format 1.0: numpy.lib.format), written row by row.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>

namespace aisle {

class NpyWriter {
 public:
  NpyWriter(const std::filesystem::path& file, std::size_t columns);

  // rows: [n, columns]. kIo.
  void add(std::span<const float> rows);
  // Writes how many rows there are. Once. kIo.
  void finish();

 private:
  void write_header();
  [[noreturn]] void fail() const;

  std::filesystem::path path_;
  std::ofstream file_;
  std::size_t columns_;
  std::uint64_t rows_ = 0;
};

}  // namespace aisle
