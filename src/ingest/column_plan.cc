#include "ingest/column_plan.h"

#include <algorithm>

#include "core/error.h"

namespace aisle {
namespace {

std::string joined(const std::vector<std::string>& names) {
  constexpr std::size_t kMaxShown = 30;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kMaxShown; ++i) text += (i == 0 ? "" : ", ") + names[i].substr(0, 80);
  return names.size() > kMaxShown ? text + " and " + std::to_string(names.size() - kMaxShown) + " more" : text;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

ColumnMap parse_column_map(std::string_view text) {
  ColumnMap map;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view pair = text.substr(0, comma);
    const std::size_t equals = pair.rfind('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == pair.size()) {
      throw Error(ErrorCode::kUsage, "--map wants COLUMN=FIELD,..., not '" + std::string(pair.substr(0, 80)) + "'");
    }
    map.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return map;
}

ColumnPlan::ColumnPlan(const Task& task, const ColumnMap& map, const ColumnMap& format_map, LabelUse labels)
    : text_count_(task.text_fields.size()),
      labels_(labels),
      targets_(task.text_fields),
      wanted_(task.text_fields.size() + 5) {
  for (const char* name : {"id", "label", "group", "split", "image"}) targets_.emplace_back(name);
  const auto slot_of_target = [&](const std::string& target) {
    if (!task.image_field.empty() && target == task.image_field) return image();
    return static_cast<std::size_t>(std::ranges::find(targets_, target) - targets_.begin());
  };
  for (const auto& [from, to] : map) {
    const std::size_t slot = slot_of_target(to);
    if (slot >= size())
      throw Error(ErrorCode::kUsage, "--map: '" + to + "' is nothing that this task has; it has " + joined(targets_));
    if (slot == image() && task.image_field.empty())
      throw Error(ErrorCode::kUsage, "--map names a picture, and this task takes none");
    if (!wanted_[slot].empty()) throw Error(ErrorCode::kUsage, "--map gives '" + to + "' two columns");
    if (contains(mapped_, from)) throw Error(ErrorCode::kUsage, "--map uses the column '" + from + "' twice");
    wanted_[slot].push_back(from);
    mapped_.push_back(from);
  }
  std::vector<bool> fixed(size());
  for (std::size_t slot = 0; slot < size(); ++slot) fixed[slot] = !wanted_[slot].empty();
  const auto add_default = [&](std::size_t slot, const std::string& column) {
    if (slot < size() && !fixed[slot]) wanted_[slot].push_back(column);
  };
  // A format's own names first: problems name the column as the file does.
  for (const auto& [from, to] : format_map) add_default(slot_of_target(to), from);
  if (!task.image_field.empty()) add_default(image(), task.image_field);
  for (std::size_t slot = 0; slot < size(); ++slot) add_default(slot, targets_[slot]);
  if (labels == LabelUse::kIgnored) wanted_[label()].clear();
  if (task.image_field.empty()) wanted_[image()].clear();
}

std::size_t ColumnPlan::slot_of(std::string_view column) const {
  const bool is_mapped = contains(mapped_, column);
  for (std::size_t slot = 0; slot < wanted_.size(); ++slot) {
    if (!contains(wanted_[slot], column)) continue;
    // A default name counts only where the user gave the column no other meaning.
    if (!is_mapped || wanted_[slot].front() == column) return slot;
  }
  return kUnused;
}

std::vector<std::size_t> ColumnPlan::slots_of_header(const std::vector<std::string>& columns,
                                                     const std::string& file) const {
  std::vector<std::size_t> slots;
  std::vector<int> columns_of_slot(size());
  for (const std::string& column : columns) {
    slots.push_back(slot_of(column));
    if (slots.back() != kUnused && ++columns_of_slot[slots.back()] > 1) {
      throw Error(ErrorCode::kInvalidArgument,
                  file + " has two columns for '" + targets_[slots.back()] +
                      "'; name the right one with --map COLUMN=" + targets_[slots.back()],
                  {{"file", file}, {"column", column}});
    }
  }
  for (const std::string& column : mapped_) {
    if (!contains(columns, column)) throw_missing(column, "", columns, file);
  }
  const bool any_text =
      std::ranges::any_of(columns_of_slot.begin(), columns_of_slot.begin() + static_cast<std::ptrdiff_t>(text_count_),
                          [](int n) { return n > 0; });
  const bool pictures_alone = !any_text && columns_of_slot[image()] > 0;
  for (std::size_t slot = 0; slot < text_count_ && !pictures_alone; ++slot) {
    if (columns_of_slot[slot] == 0) throw_missing(targets_[slot], targets_[slot], columns, file);
  }
  if (labels_ == LabelUse::kRequired && columns_of_slot[label()] == 0) throw_missing("label", "label", columns, file);
  return slots;
}

void ColumnPlan::throw_missing(const std::string& column, std::string_view target,
                               const std::vector<std::string>& columns, const std::string& file) const {
  const std::vector<std::string> fields(targets_.begin(), targets_.begin() + static_cast<std::ptrdiff_t>(text_count_));
  std::string message = file + " has no column '" + column + "'. Its columns: " + joined(columns) +
                        ". Wanted: " + joined(fields) + (labels_ == LabelUse::kRequired ? ", label" : "") +
                        (has_image() ? " (or image alone)" : "") + ".";
  if (columns.size() == 1 && columns.front().find(';') != std::string::npos) {
    message += " It looks separated by ';': save it with commas.";
  } else if (!target.empty()) {
    message += " Name the column that holds it with --map COLUMN=" + std::string(target) + ".";
  }
  throw Error(ErrorCode::kInvalidArgument, message, {{"file", file}, {"column", column}});
}

}  // namespace aisle
