// A set of byte strings with a number each, as a double array (Aoe 1989; children are found by exclusive or, so that
// they lie within 256 cells): a step reads one cell. Built once, then only read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace aisle::subword {

struct TrieKey {
  std::string_view bytes;
  std::int32_t value = 0;  // not negative
};

class ByteTrie {
 public:
  static constexpr std::uint32_t kRoot = 0;
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  static constexpr std::int32_t kNoValue = -1;

  ByteTrie() : ByteTrie(std::vector<TrieKey>{}) {}
  // Of equal keys the last one counts.
  explicit ByteTrie(std::vector<TrieKey> keys);

  // The child of `node`, or kNone.
  std::uint32_t step(std::uint32_t node, char byte) const {
    const std::uint32_t child = cells_[node].base ^ static_cast<unsigned char>(byte);
    return cells_[child].parent == node ? child : kNone;
  }
  // The node at the end of `bytes`, or kNone.
  std::uint32_t walk(std::uint32_t node, std::string_view bytes) const;
  // Of the key that ends at this node, or kNoValue.
  std::int32_t value(std::uint32_t node) const { return cells_[node].value; }
  // Of the whole key, or kNoValue.
  std::int32_t find(std::string_view key) const;
  // Of all keys, or kNoValue.
  std::int32_t largest_value() const { return largest_value_; }

 private:
  friend class TrieBuilder;
  struct Cell {
    std::uint32_t base = 0;        // child = base ^ byte
    std::uint32_t parent = kNone;  // kNone: the cell is free
    std::int32_t value = kNoValue;
  };
  std::vector<Cell> cells_;
  std::int32_t largest_value_ = kNoValue;
};

}  // namespace aisle::subword
