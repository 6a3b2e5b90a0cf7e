#include "featurize/subword/byte_trie.h"

#include <algorithm>
#include <utility>

namespace aisle::subword {
namespace {

constexpr std::uint32_t kBlock = 256;
constexpr int kTries = 24;  // free cells looked at for a node with several children; then it gets a new block

// Keys are sorted by eight bytes at a time: most comparisons end with one of two words.
struct SortKey {
  std::uint64_t start = 0;
  std::uint32_t index = 0;
};

std::uint64_t first_bytes(std::string_view text) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < 8; ++i) word = word << 8 | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
  return word;
}

// Ascending, and each key once: the last of equal ones.
std::vector<TrieKey> sorted(const std::vector<TrieKey>& keys) {
  std::vector<SortKey> order(keys.size());
  for (std::uint32_t i = 0; i < keys.size(); ++i) order[i] = {first_bytes(keys[i].bytes), i};
  std::ranges::sort(order, [&](const SortKey& a, const SortKey& b) {
    if (a.start != b.start) return a.start < b.start;
    const int compared = keys[a.index].bytes.compare(keys[b.index].bytes);
    return compared != 0 ? compared < 0 : a.index < b.index;
  });
  std::vector<TrieKey> result;
  result.reserve(keys.size());
  for (const SortKey& key : order) {
    if (!result.empty() && result.back().bytes == keys[key.index].bytes) result.pop_back();
    result.push_back(keys[key.index]);
  }
  return result;
}

}  // namespace

// Places node after node. Free cells are a list in both directions: nodes with one child, which are most, take the
// oldest free cell; the others look among the newest.
class TrieBuilder {
 public:
  TrieBuilder(std::vector<ByteTrie::Cell>& cells, const std::vector<TrieKey>& keys) : cells_(cells), keys_(keys) {}

  void build() {
    add_block();
    take(ByteTrie::kRoot, ByteTrie::kNone - 1);  // nobody's child
    std::vector<Range> open = {{ByteTrie::kRoot, 0, static_cast<std::uint32_t>(keys_.size()), 0}};
    while (!open.empty()) {
      const Range range = open.back();
      open.pop_back();
      place(range, open);
    }
  }

 private:
  // The keys [begin, end) share their first `depth` bytes, which end at `node`.
  struct Range {
    std::uint32_t node, begin, end, depth;
  };
  struct Child {
    unsigned char byte;
    std::uint32_t begin, end;
  };

  void place(Range range, std::vector<Range>& open) {
    if (range.begin < range.end && keys_[range.begin].bytes.size() == range.depth)
      cells_[range.node].value = keys_[range.begin++].value;
    if (range.begin == range.end) return;
    find_children(range);
    const std::uint32_t base = find_base();
    cells_[range.node].base = base;
    for (const Child& child : children_) {
      const std::uint32_t cell = base ^ child.byte;
      take(cell, range.node);
      open.push_back({cell, child.begin, child.end, range.depth + 1});
    }
  }

  void find_children(const Range& range) {
    children_.clear();
    for (std::uint32_t i = range.begin; i < range.end; ++i) {
      const auto byte = static_cast<unsigned char>(keys_[i].bytes[range.depth]);
      if (children_.empty() || children_.back().byte != byte) children_.push_back({byte, i, i});
      children_.back().end = i + 1;
    }
  }

  std::uint32_t find_base() {
    const unsigned char first = children_.front().byte;
    if (children_.size() == 1) {
      if (oldest_ == ByteTrie::kNone) add_block();
      return oldest_ ^ first;
    }
    std::uint32_t cell = newest_;
    for (int tries = 0; tries < kTries && cell != ByteTrie::kNone; ++tries, cell = links_[cell].before) {
      const std::uint32_t base = cell ^ first;
      if (std::ranges::all_of(children_, [&](const Child& child) { return is_free(base ^ child.byte); })) return base;
    }
    return add_block();
  }

  bool is_free(std::uint32_t cell) const { return cells_[cell].parent == ByteTrie::kNone; }

  std::uint32_t add_block() {
    const auto start = static_cast<std::uint32_t>(cells_.size());
    cells_.resize(start + kBlock);
    links_.resize(start + kBlock);
    for (std::uint32_t cell = start; cell < start + kBlock; ++cell) {
      links_[cell] = {newest_, ByteTrie::kNone};
      (newest_ == ByteTrie::kNone ? oldest_ : links_[newest_].after) = cell;
      newest_ = cell;
    }
    return start;
  }

  void take(std::uint32_t cell, std::uint32_t parent) {
    cells_[cell].parent = parent;
    const Link link = links_[cell];
    (link.before == ByteTrie::kNone ? oldest_ : links_[link.before].after) = link.after;
    (link.after == ByteTrie::kNone ? newest_ : links_[link.after].before) = link.before;
  }

  struct Link {
    std::uint32_t before = ByteTrie::kNone, after = ByteTrie::kNone;
  };

  std::vector<ByteTrie::Cell>& cells_;
  const std::vector<TrieKey>& keys_;
  std::vector<Link> links_;
  std::vector<Child> children_;  // of the node being placed
  std::uint32_t oldest_ = ByteTrie::kNone, newest_ = ByteTrie::kNone;
};

ByteTrie::ByteTrie(std::vector<TrieKey> keys) {
  keys = sorted(keys);
  TrieBuilder(cells_, keys).build();
  cells_.shrink_to_fit();
  for (const TrieKey& key : keys) largest_value_ = std::max(largest_value_, key.value);
}

std::uint32_t ByteTrie::walk(std::uint32_t node, std::string_view bytes) const {
  for (const char byte : bytes) {
    node = step(node, byte);
    if (node == kNone) break;
  }
  return node;
}

std::int32_t ByteTrie::find(std::string_view key) const {
  const std::uint32_t node = walk(kRoot, key);
  return node == kNone ? kNoValue : value(node);
}

}  // namespace aisle::subword
