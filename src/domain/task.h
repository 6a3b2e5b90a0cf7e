// A task: what is to be predicted from which fields.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aisle {

enum class TaskKind {
  kCategory,  // one label an item
  kTags,      // any number of labels an item
};

struct Task {
  std::int64_t id = 0;  // the store's
  std::string name;
  TaskKind kind = TaskKind::kCategory;
  std::vector<std::string> text_fields;  // in the order of Item::texts
  std::string image_field;               // empty: no pictures
  std::int64_t created_ms = 0;

  bool operator==(const Task&) const = default;
};

std::string_view to_string(TaskKind kind);        // "category", "tags"
TaskKind parse_task_kind(std::string_view text);  // throws kInvalidArgument

// Throws kInvalidArgument unless: name is 1-64 of [a-z0-9_-] and starts with a letter; 1-16 fields, distinct, each
// 1-64 of [A-Za-z0-9_-], and none a reserved key (id, label, group, split, image unless it is the image field).
void check_task(const Task& task);

// One label of a task as people see it.
struct LabelInfo {
  std::string label;       // what data files carry
  std::string name;        // what people read; the label where none is set
  std::int64_t items = 0;  // certified items that have it
};

}  // namespace aisle
