#include "model/network/formats/zip_members.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include "core/error.h"

namespace aisle::network {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr std::uint32_t kDirectoryEntry = 0x02014b50;
constexpr std::uint32_t kDirectoryEnd = 0x06054b50;
constexpr std::uint32_t kDirectoryEnd64 = 0x06064b50;
constexpr std::uint32_t kLocator64 = 0x07064b50;
constexpr std::size_t kDirectoryEndBytes = 22, kDirectoryEnd64Bytes = 56, kLocatorBytes = 20, kEntryBytes = 46,
                      kLocalBytes = 30, kLongestComment = 0xffff;
constexpr std::uint64_t kMostMembers = 200'000;

[[noreturn]] void corrupt(const std::string& what) {
  throw Error(ErrorCode::kCorrupt, "the ZIP archive is broken: " + what);
}

// The bytes [at, at + size), or the end of the operation.
Bytes part(Bytes bytes, std::uint64_t at, std::uint64_t size) {
  if (at > bytes.size() || size > bytes.size() - at)
    corrupt("it names bytes " + std::to_string(at) + " and on, and has " + std::to_string(bytes.size()));
  return bytes.subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(size));
}

template <typename T>
T number(Bytes bytes, std::size_t at) {
  T value;
  std::memcpy(&value, part(bytes, at, sizeof value).data(), sizeof value);
  return value;
}

struct Directory {
  std::uint64_t offset, size, members;
};

// The record at the end, before a comment of unknown length.
std::size_t find_end(Bytes bytes) {
  const std::size_t least = bytes.size() - std::min<std::size_t>(bytes.size(), kDirectoryEndBytes + kLongestComment);
  for (std::size_t at = bytes.size() < kDirectoryEndBytes ? 0 : bytes.size() - kDirectoryEndBytes + 1; at-- > least;) {
    if (number<std::uint32_t>(bytes, at) == kDirectoryEnd &&
        number<std::uint16_t>(bytes, at + 20) == bytes.size() - at - kDirectoryEndBytes)
      return at;
  }
  corrupt("it has no directory at its end; the file may be cut");
}

std::optional<Directory> find_directory64(Bytes bytes, std::size_t end) {
  if (end < kLocatorBytes || number<std::uint32_t>(bytes, end - kLocatorBytes) != kLocator64) return std::nullopt;
  const Bytes record = part(bytes, number<std::uint64_t>(bytes, end - kLocatorBytes + 8), kDirectoryEnd64Bytes);
  if (number<std::uint32_t>(record, 0) != kDirectoryEnd64) corrupt("its 64-bit directory is not where it says");
  return Directory{number<std::uint64_t>(record, 48), number<std::uint64_t>(record, 40),
                   number<std::uint64_t>(record, 32)};
}

Directory find_directory(Bytes bytes) {
  const std::size_t end = find_end(bytes);
  if (auto wide = find_directory64(bytes, end)) return *wide;
  if (number<std::uint16_t>(bytes, end + 4) != 0)
    throw Error(ErrorCode::kUnsupported, "the ZIP archive is one of several parts; join them first");
  return {number<std::uint32_t>(bytes, end + 16), number<std::uint32_t>(bytes, end + 12),
          number<std::uint16_t>(bytes, end + 10)};
}

struct Entry {
  std::string_view name;
  std::uint16_t flags, method;
  std::uint64_t packed, size, offset;
};

// The 64-bit record of the extra field stands in for those numbers that are all ones, in this order.
void widen(Entry& entry, Bytes extra) {
  while (extra.size() >= 4) {
    const auto kind = number<std::uint16_t>(extra, 0);
    const Bytes body = part(extra, 4, number<std::uint16_t>(extra, 2));
    std::size_t at = 0;
    for (std::uint64_t* value : {&entry.size, &entry.packed, &entry.offset}) {
      if (kind != 1 || *value != 0xffffffff) continue;
      *value = number<std::uint64_t>(body, at);
      at += 8;
    }
    extra = extra.subspan(4 + body.size());
  }
}

// The entry at the start of `rest`, which is moved behind it.
Entry take_entry(Bytes& rest) {
  if (number<std::uint32_t>(rest, 0) != kDirectoryEntry) corrupt("its directory holds something else than members");
  const std::size_t name = number<std::uint16_t>(rest, 28), extra = number<std::uint16_t>(rest, 30),
                    comment = number<std::uint16_t>(rest, 32);
  const Bytes text = part(rest, kEntryBytes, name);
  Entry entry{{reinterpret_cast<const char*>(text.data()), text.size()},
              number<std::uint16_t>(rest, 8),
              number<std::uint16_t>(rest, 10),
              number<std::uint32_t>(rest, 20),
              number<std::uint32_t>(rest, 24),
              number<std::uint32_t>(rest, 42)};
  widen(entry, part(rest, kEntryBytes + name, extra));
  rest = rest.subspan(part(rest, 0, kEntryBytes + name + extra + comment).size());
  return entry;
}

ZipMember member_of(Bytes bytes, const Entry& entry) {
  const std::string name(entry.name.substr(0, 200));
  if ((entry.flags & 1) != 0) throw Error(ErrorCode::kUnsupported, "the ZIP member '" + name + "' is encrypted");
  if (entry.method != 0 || entry.packed != entry.size) {
    throw Error(ErrorCode::kUnsupported,
                "the ZIP member '" + name + "' is compressed; PyTorch stores it as it is: save the weights again");
  }
  const Bytes local = part(bytes, entry.offset, kLocalBytes);
  if (number<std::uint32_t>(local, 0) != kLocalHeader) corrupt("its member '" + name + "' is not where it says");
  const std::uint64_t start =
      entry.offset + kLocalBytes + number<std::uint16_t>(local, 26) + number<std::uint16_t>(local, 28);
  return {entry.name, part(bytes, start, entry.size)};
}

}  // namespace

bool is_zip(Bytes bytes) {
  return bytes.size() >= 4 && number<std::uint32_t>(bytes, 0) == kLocalHeader;
}

std::vector<ZipMember> stored_members(Bytes bytes) {
  const Directory directory = find_directory(bytes);
  if (directory.members > kMostMembers)
    throw Error(ErrorCode::kTooLarge, "the ZIP archive has " + std::to_string(directory.members) + " members");
  Bytes rest = part(bytes, directory.offset, directory.size);
  std::vector<ZipMember> members;
  for (std::uint64_t i = 0; i < directory.members; ++i) members.push_back(member_of(bytes, take_entry(rest)));
  return members;
}

}  // namespace aisle::network
