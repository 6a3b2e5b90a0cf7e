// The labels of a task and of a batch: which are new, how many items each has, which are rare.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace aisle {

// One thread at a time. Holds at most limits::kLabelsPerTask labels.
class LabelCounts {
 public:
  struct Count {
    bool stored = false;  // the task had it before
    std::int64_t stored_items = 0;
    std::int64_t kept = 0;      // of this batch
    std::int64_t kept_new = 0;  // of this batch, under new ids
    std::string file;           // where it came first
    std::int64_t row = 0;
  };

  void add_stored(std::string_view label, std::int64_t items);

  // True where the task has labels and this is none of them.
  bool is_unknown(std::string_view label) const;
  // False where it would be one label too many.
  bool fits(std::string_view label) const;
  void count(std::string_view label, bool new_item, std::string_view file, std::int64_t row);

  std::map<std::string, std::int64_t> kept() const;
  // Calls visit(label, items, count) for labels of this batch with fewer than two items in all, by name.
  void visit_rare(const std::function<void(const std::string&, std::int64_t, const Count&)>& visit) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const;
  };

  std::unordered_map<std::string, Count, Hash, std::equal_to<>> counts_;
  bool any_stored_ = false;
};

}  // namespace aisle
