// Which columns of a file a task wants, and what each means. Columns have the names of the task's fields, or id,
// label, group, split, image, unless a map says otherwise.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/task.h"

namespace aisle {

enum class LabelUse {
  kIgnored,   // prediction: labels are not looked at
  kOptional,  // import: items without a label are proposals to be labelled
  kRequired,  // evaluation
};

// (column of the file, field of the task or id, label, group, split, image).
using ColumnMap = std::vector<std::pair<std::string, std::string>>;

// Reads "from=to,from=to" as given to --map. Throws kUsage.
ColumnMap parse_column_map(std::string_view text);

// Immutable; any thread may read it.
class ColumnPlan {
 public:
  // `map` is the user's and wins over `format_map`, the names that a format has for things. A column that is mapped
  // keeps no other meaning. Throws kUsage where a target is unknown or given twice.
  ColumnPlan(const Task& task, const ColumnMap& map, const ColumnMap& format_map, LabelUse labels);

  // Slots: the task's text fields first, then these.
  std::size_t text_count() const { return text_count_; }
  std::size_t id() const { return text_count_; }
  std::size_t label() const { return text_count_ + 1; }
  std::size_t group() const { return text_count_ + 2; }
  std::size_t split() const { return text_count_ + 3; }
  std::size_t image() const { return text_count_ + 4; }
  std::size_t size() const { return text_count_ + 5; }

  // The slot of a file's column, or kUnused.
  static constexpr std::size_t kUnused = static_cast<std::size_t>(-1);
  std::size_t slot_of(std::string_view column) const;

  // What the user calls a slot: the name of the column that holds it.
  const std::string& column_of(std::size_t slot) const { return wanted_[slot].front(); }
  bool has_image() const { return !wanted_[image()].empty(); }
  LabelUse labels() const { return labels_; }

  // The slot of each column of a header. Throws kInvalidArgument where a needed column is missing or one comes twice.
  std::vector<std::size_t> slots_of_header(const std::vector<std::string>& columns, const std::string& file) const;

 private:
  [[noreturn]] void throw_missing(const std::string& column, std::string_view target,
                                  const std::vector<std::string>& columns, const std::string& file) const;

  std::size_t text_count_;
  LabelUse labels_;
  std::vector<std::string> targets_;              // slot -> name in the task
  std::vector<std::vector<std::string>> wanted_;  // slot -> columns that may hold it, best first
  std::vector<std::string> mapped_;               // columns that the user named
};

}  // namespace aisle
