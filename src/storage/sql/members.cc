#include "storage/sql/members.h"

#include "core/error.h"

namespace aisle::sql {
namespace {

constexpr int kSplitBits = 2;
constexpr int kMaxShift = 63;

[[noreturn]] void throw_corrupt() {
  throw Error(ErrorCode::kCorrupt, "a stored snapshot is damaged; restore the workspace from a backup");
}

}  // namespace

void MemberWriter::add(const Member& member) {
  const std::int64_t delta = member.revision - previous_;
  previous_ = member.revision;
  const std::uint64_t zigzag = (static_cast<std::uint64_t>(delta) << 1) ^ static_cast<std::uint64_t>(delta >> 63);
  std::uint64_t value = zigzag << kSplitBits | static_cast<std::uint64_t>(member.split);
  for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
  bytes_ += static_cast<char>(value);
}

bool MemberReader::next(Member& member) {
  if (position_ == bytes_.size()) return false;
  std::uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    if (position_ == bytes_.size() || shift > kMaxShift) throw_corrupt();
    const auto byte = static_cast<std::uint8_t>(bytes_[position_++]);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  const std::uint64_t split = value & ((1U << kSplitBits) - 1);
  if (split > static_cast<std::uint64_t>(Split::kTest)) throw_corrupt();
  const std::uint64_t zigzag = value >> kSplitBits;
  // Unsigned arithmetic: damaged bytes must not overflow a signed sum.
  const std::uint64_t delta = (zigzag >> 1) ^ (~(zigzag & 1) + 1);
  previous_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(previous_) + delta);
  member = {previous_, static_cast<Split>(split)};
  return true;
}

}  // namespace aisle::sql
