// The machine that a pickle is a program for: a stack of values with marks, a memo, and what the operations do to them.
// pickle.cc has the table of operations.
#pragma once

#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/network/formats/pickle.h"

namespace aisle::network {

inline constexpr std::size_t kMostPickleNodes = 400'000;
inline constexpr std::size_t kMostPickleSteps = 4'000'000;
inline constexpr std::size_t kMostPickleItems = 4'000'000;  // of all lists and dictionaries together

[[noreturn]] void refuse_pickle(const std::string& what);     // kCorrupt
[[noreturn]] void too_large_pickle(const std::string& what);  // kTooLarge

// The bytes, taken from the front. kCorrupt at their end.
class PickleInput {
 public:
  explicit PickleInput(std::string_view bytes) : bytes_(bytes) {}

  std::string_view take(std::uint64_t size);
  std::string_view line();  // up to the next '\n', which is taken too
  template <typename T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  template <typename Size>
  std::string_view sized() {
    return take(number<Size>());
  }
  std::size_t position() const { return at_; }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

class PickleMachine {
 public:
  using Indices = std::vector<std::uint32_t>;
  using Allowed = std::function<bool(std::string_view)>;

  PickleMachine(std::string_view bytes, const Allowed& allowed) : input(bytes), allowed_(allowed) {}

  PickleInput input;

  void push_mark();
  std::uint32_t pop();
  void duplicate();
  Indices pop_to_mark();
  Indices pop_count(std::size_t count);

  void make(PickleNode node);
  void make_int(std::int64_t value) { make({.kind = PickleKind::kInt, .number = value}); }
  void make_bool(bool value) { make({.kind = PickleKind::kBool, .number = value ? 1 : 0}); }
  void make_float(std::string_view text) { make({.kind = PickleKind::kFloat, .text = text}); }
  void make_string(std::string_view text) { make({.kind = PickleKind::kString, .text = text}); }
  void make_list(PickleKind kind, Indices children);
  void make_decimal(std::string_view text);
  void make_long(std::string_view bytes);  // little-endian, two's complement
  void make_global(std::string_view module, std::string_view name);
  void make_stack_global();

  void call();   // a name with a tuple of arguments
  void build();  // a state, which is dropped: an OrderedDict's holds PyTorch's version numbers
  void append(const Indices& items);
  void set_items(const Indices& items);

  void memoize(std::uint64_t key);
  void memoize_next() { memoize(memo_.size()); }
  void recall(std::uint64_t key);
  std::uint64_t memo_key();  // as text

  Pickle finish();
  std::string here() const { return ", before byte " + std::to_string(input.position()); }

 private:
  PickleNode& node(std::uint32_t index) { return pickle_.nodes[index]; }
  std::uint32_t top();
  void charge(std::size_t items);
  Indices ordered_items(const Indices& arguments);

  const Allowed& allowed_;
  Pickle pickle_;
  Indices stack_;
  std::unordered_map<std::uint64_t, std::uint32_t> memo_;
  std::size_t items_ = 0;
};

}  // namespace aisle::network
