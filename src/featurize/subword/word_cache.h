// Remembers the ids of short pieces: most words of a text have been seen before. One thread's; a fixed size.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "featurize/subword/model.h"

namespace aisle::subword {

class WordCache {
 public:
  // Forgets everything when another tokenizer uses it. owner > 0.
  void belong_to(std::uint64_t owner) {
    if (owner_ == owner) return;
    owner_ = owner;
    slots_.assign(kSlots, {});
  }

  // Empty: not known. Every known piece that is kept has at least one id.
  std::span<const TokenId> find(std::string_view piece) const {
    if (piece.size() > kTextBytes) return {};
    const Slot& slot = slots_[place(piece)];
    if (slot.bytes != piece.size() || std::memcmp(slot.text.data(), piece.data(), piece.size()) != 0) return {};
    return {slot.ids.data(), slot.count};
  }

  void keep(std::string_view piece, std::span<const TokenId> ids) {
    if (piece.size() > kTextBytes || ids.size() > kIds) return;
    Slot& slot = slots_[place(piece)];
    slot.bytes = static_cast<std::uint8_t>(piece.size());
    slot.count = static_cast<std::uint8_t>(ids.size());
    std::ranges::copy(piece, slot.text.begin());
    std::ranges::copy(ids, slot.ids.begin());
  }

 private:
  static constexpr std::size_t kSlotBits = 13, kSlots = std::size_t{1} << kSlotBits;  // 512 KB
  static constexpr std::size_t kTextBytes = 22, kIds = 10;

  struct Slot {  // a line of the processor's cache
    std::uint8_t bytes = 0, count = 0;
    std::array<char, kTextBytes> text{};
    std::array<TokenId, kIds> ids{};
  };

  static std::size_t place(std::string_view piece) {
    std::uint64_t hash = piece.size();
    for (std::size_t at = 0; at < piece.size(); at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, piece.data() + at, std::min<std::size_t>(8, piece.size() - at));
      hash = (hash ^ word) * 0x9E3779B97F4A7C15;
      hash ^= hash >> 32;
    }
    return hash * 0x9E3779B97F4A7C15 >> (64 - kSlotBits);
  }

  std::uint64_t owner_ = 0;
  std::vector<Slot> slots_;
};

}  // namespace aisle::subword
