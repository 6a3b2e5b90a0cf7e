#include "domain/task.h"

#include <algorithm>
#include <array>

#include "core/error.h"

namespace aisle {
namespace {

constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMaxFields = 16;

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_task_name(std::string_view name) {
  const auto allowed = [](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == '-'; };
  return !name.empty() && name.size() <= kMaxNameBytes && is_lower(name.front()) && std::ranges::all_of(name, allowed);
}

bool is_field_name(std::string_view name) {
  const auto allowed = [](char c) { return is_lower(c) || is_upper(c) || is_digit(c) || c == '_' || c == '-'; };
  return !name.empty() && name.size() <= kMaxNameBytes && std::ranges::all_of(name, allowed);
}

void check_field(std::string_view field) {
  static constexpr std::array<std::string_view, 4> kReserved = {"id", "label", "group", "split"};
  if (!is_field_name(field)) {
    throw Error(ErrorCode::kInvalidArgument,
                "a field's name has 1 to 64 letters, digits, '_' or '-'; this one has not: '" +
                    std::string(field.substr(0, 80)) + "'");
  }
  if (std::ranges::find(kReserved, field) != kReserved.end()) {
    throw Error(ErrorCode::kInvalidArgument,
                "'" + std::string(field) +
                    "' has a meaning of its own in data files; give the field another name and use import --map");
  }
}

}  // namespace

std::string_view to_string(TaskKind kind) {
  return kind == TaskKind::kCategory ? "category" : "tags";
}

TaskKind parse_task_kind(std::string_view text) {
  if (text == "category") return TaskKind::kCategory;
  if (text == "tags") return TaskKind::kTags;
  throw Error(ErrorCode::kInvalidArgument,
              "a task's kind is category or tags, not '" + std::string(text.substr(0, 80)) + "'");
}

void check_task(const Task& task) {
  if (!is_task_name(task.name)) {
    throw Error(ErrorCode::kInvalidArgument,
                "a task's name has 1 to 64 of a-z, 0-9, '_' and '-' and starts with a letter; this one has not: '" +
                    task.name.substr(0, 80) + "'");
  }
  if (task.text_fields.empty() || task.text_fields.size() > kMaxFields) {
    throw Error(ErrorCode::kInvalidArgument,
                "a task has 1 to 16 text fields, not " + std::to_string(task.text_fields.size()));
  }
  std::vector<std::string> fields = task.text_fields;
  if (!task.image_field.empty()) fields.push_back(task.image_field);
  for (const std::string& field : fields) check_field(field);
  std::ranges::sort(fields);
  const auto twice = std::ranges::adjacent_find(fields);
  if (twice != fields.end()) throw Error(ErrorCode::kInvalidArgument, "the field '" + *twice + "' is given twice");
}

}  // namespace aisle
