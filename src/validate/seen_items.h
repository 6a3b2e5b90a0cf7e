// What an import remembers of every item, stored before or read now: enough to know an id again, an exact copy, a
// near copy and a group's part. No strings.
//
// Memory an item: a record of 64 bytes and seven entries of a FlatIndex (id, exact text, five bands), 138 bytes. A
// group adds one entry, 11 bytes; a short text has three, 96 bytes in all. The heap's own needs come on top, 10 % or
// so. Fixed: 0.8 MB.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "domain/item.h"
#include "validate/fingerprint.h"
#include "validate/flat_index.h"

namespace aisle {

// One thread at a time.
class SeenItems {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  struct Record {
    std::uint64_t id = 0;  // hash
    std::uint64_t exact = 0;
    Signature signature{};
    std::uint32_t folded = 0;
    std::uint32_t labels = 0;
    std::uint32_t row = 0;   // where it was read last; 0 where it was stored before
    std::uint16_t file = 0;  // 1 is the first file of this import
    std::uint8_t part = 0;   // the Split, in one byte

    Split split() const { return static_cast<Split>(part); }
    void set_split(Split split) { part = static_cast<std::uint8_t>(split); }
  };
  static_assert(sizeof(Record) == 64, "the bound on an import's memory counts on it");

  struct Match {
    std::uint32_t number = kNone;
    double jaccard = 0;  // estimated; 1 where the words are the same
  };

  SeenItems();

  // To be called before the others for the same item: they then wait for memory once, not once each.
  void prefetch(std::string_view id, const Fingerprint& print) const;

  std::uint32_t find_id(std::string_view id) const;
  // An item with exactly these texts and picture, other than `except`.
  std::uint32_t find_exact(std::uint64_t exact, std::uint32_t except) const;
  // The item that resembles most, from kNearDuplicateJaccard on, other than `except`.
  Match find_similar(const Fingerprint& print, std::uint32_t except) const;
  std::optional<Split> split_of_group(std::string_view group) const;

  // Adds an item, or gives `known` a new content. Throws kTooLarge beyond 4 billion items.
  Record& put(std::uint32_t known, std::string_view id, const Fingerprint& print);
  void set_group(std::string_view group, Split split);  // the first one stays

  Record& operator[](std::uint32_t number) { return chunks_[number / kChunk][number % kChunk]; }
  const Record& operator[](std::uint32_t number) const { return chunks_[number / kChunk][number % kChunk]; }
  std::size_t size() const { return size_; }
  std::size_t memory_bytes() const;

 private:
  static constexpr std::size_t kChunk = 4096;

  std::vector<std::unique_ptr<Record[]>> chunks_;
  std::uint32_t size_ = 0;
  FlatIndex ids_;
  FlatIndex exacts_;
  FlatIndex bands_;
  FlatIndex groups_;  // value: the Split
};

}  // namespace aisle
