// The members of a ZIP archive that are stored as they are, in place: what torch.save writes (APPNOTE 6.3, with the
// 64-bit records). Compressed, encrypted and split archives are refused. The checksums are not looked at: PyTorch may
// be told not to write them (torch.serialization.set_crc32_options).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace aisle::network {

struct ZipMember {
  std::string_view name;
  std::span<const std::byte> bytes;
};

bool is_zip(std::span<const std::byte> bytes);

// In the directory's order. Views of `bytes`. kCorrupt, kUnsupported, kTooLarge.
std::vector<ZipMember> stored_members(std::span<const std::byte> bytes);

}  // namespace aisle::network
