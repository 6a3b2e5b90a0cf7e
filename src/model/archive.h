// The file of a model: a header, a table of named sections, the sections, each on a 64-byte boundary so that they can
// be used where they are mapped, and a BLAKE2b digest over all of it at the end. Every kind of model uses it, and a
// section may hold another archive. Integers and floats are little-endian.
//
//   header  64 bytes: magic "AISLEMDL", u32 layout, u32 sections, u64 file size, zeros
//   table   64 bytes a section: name (32 bytes, zeros behind), u64 offset, u64 size, zeros
//   sections in the table's order, no overlap
//   digest  32 bytes
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.h"
#include "core/error.h"
#include "core/files.h"

namespace aisle {

// Grows whenever a program could no longer read what another wrote: this format, a kind's sections, a card's keys.
inline constexpr std::uint32_t kModelLayout = 3;

class ArchiveWriter {
 public:
  // Borrowed until write(). Names: 1-31 of a-z, 0-9, '_' and '.', distinct; at most 64 sections.
  void add(std::string_view name, std::span<const std::byte> bytes);
  template <typename T>
  void add(std::string_view name, std::span<const T> values) {
    add(name, std::as_bytes(values));
  }

  // Durably, by a temporary file beside `path`. kIo.
  void write(const std::filesystem::path& path) const;

 private:
  struct Section {
    std::string name;
    std::span<const std::byte> bytes;
  };
  std::vector<Section> sections_;
};

// A mapped archive. Opening checks header, table, sizes and offsets, not the digest. Immutable.
class Archive {
 public:
  // kNotFound, kIo, kCorrupt, kUnsupported (another layout: train again).
  static Archive open(const std::filesystem::path& path);
  // A view of bytes that outlive the archive and start on a 64-byte boundary.
  static Archive parse(std::span<const std::byte> bytes);

  bool has(std::string_view name) const;
  std::span<const std::byte> section(std::string_view name) const;  // kCorrupt where it is missing

  // A section as values. kCorrupt where its size is not `count` of them.
  template <typename T>
  std::span<const T> values(std::string_view name, std::size_t count) const {
    const std::span<const std::byte> bytes = section(name);
    if (bytes.size() / sizeof(T) != count || bytes.size() % sizeof(T) != 0) refuse_size(name);
    return {reinterpret_cast<const T*>(bytes.data()), count};
  }

  std::size_t size_bytes() const { return bytes_.size(); }

 private:
  struct Section {
    std::string name;
    std::span<const std::byte> bytes;
  };
  [[noreturn]] static void refuse_size(std::string_view name);

  MappedFile file_;
  std::span<const std::byte> bytes_;
  std::vector<Section> sections_;
};

// Reads the whole file and compares its digest: for registering, not for opening. kCorrupt, kNotFound, kIo.
void verify_archive(const std::filesystem::path& path);

}  // namespace aisle
