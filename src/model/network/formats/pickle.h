// Reads the part of Python's pickle format (protocols 0 to 4 as PyTorch uses them) that describes plain data. It builds
// a tree and runs nothing: a class or function is only a name, and one that the caller does not allow ends the reading.
// Cost is bounded: by the bytes, and by the limits of pickle_machine.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace aisle::network {

enum class PickleKind : std::uint8_t {
  kNone,
  kBool,
  kInt,
  kFloat,
  kBigInt,      // does not fit 64 bits; text holds its little-endian bytes
  kString,      // or bytes
  kTuple,       // and lists, sets: children
  kDict,        // children: key, value, key, value...; also collections.OrderedDict
  kGlobal,      // text: "module name"
  kCall,        // children: what is called, its arguments (a tuple)
  kPersistent,  // children: the id
};

struct PickleNode {
  PickleKind kind = PickleKind::kNone;
  std::int64_t number = 0;  // kBool, kInt
  std::string_view text;    // of the pickled bytes, or of Pickle::names
  std::vector<std::uint32_t> children;
};

// Nodes refer to each other by index and may form cycles: never walk them without a bound.
struct Pickle {
  std::vector<PickleNode> nodes;
  std::deque<std::string> names;  // of kGlobal
  std::uint32_t root = 0;
  std::size_t size_bytes = 0;  // what it took of the bytes

  const PickleNode& at(std::uint32_t index) const { return nodes.at(index); }
  // nullptr unless `dict` has the key.
  const PickleNode* value(const PickleNode& dict, std::string_view key) const;
};

// allowed("torch FloatStorage"): whether the name may stand in the file. Throws kCorrupt (broken, cut), kUnsupported (a
// name or an operation that is not allowed), kTooLarge.
Pickle read_pickle(std::string_view bytes, const std::function<bool(std::string_view)>& allowed);

}  // namespace aisle::network
