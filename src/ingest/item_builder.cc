#include "ingest/item_builder.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/digest.h"
#include "core/error.h"
#include "core/files.h"
#include "core/printable.h"
#include "domain/limits.h"
#include "ingest/picture_path.h"

namespace aisle {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F; });
}

// A text or an integer; digits of an integer are text too.
bool is_scalar(const Cell& cell) {
  return cell.kind == Cell::Kind::kText || cell.kind == Cell::Kind::kNumber;
}

std::string what_it_is(const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::kNumber:
      return "a number";
    case Cell::Kind::kList:
      return "a list";
    case Cell::Kind::kOther:
      return cell.text;
    default:
      return "absent";
  }
}

// "<a><b>" as Stack Exchange writes tags; false where `text` has another form.
bool split_angles(std::string_view text, std::vector<std::string>& tags) {
  if (!text.starts_with('<') || !text.ends_with('>')) return false;
  while (!text.empty()) {
    const std::size_t end = text.find('>');
    if (!text.starts_with('<') || end == std::string_view::npos) return false;
    const std::string_view tag = trimmed(text.substr(1, end - 1));
    if (tag.find('<') != std::string_view::npos) return false;
    if (!tag.empty()) tags.emplace_back(tag);
    text.remove_prefix(end + 1);
  }
  return true;
}

}  // namespace

std::vector<std::string> split_tags(std::string_view text, std::string_view separator) {
  std::vector<std::string> tags;
  text = trimmed(text);
  if (split_angles(text, tags)) return tags;
  tags.clear();
  while (!text.empty()) {
    const std::size_t end = separator.empty() ? text.size() : std::min(text.find(separator), text.size());
    const std::string_view tag = trimmed(text.substr(0, end));
    if (!tag.empty()) tags.emplace_back(tag);
    text.remove_prefix(std::min(end + std::max<std::size_t>(separator.size(), 1), text.size()));
  }
  return tags;
}

ItemBuilder::ItemBuilder(const Task& task, const ReadOptions& options, const ColumnPlan& plan, std::string file,
                         std::filesystem::path folder)
    : kind_(task.kind), options_(options), plan_(plan), file_(std::move(file)), folder_(std::move(folder)) {}

void ItemBuilder::refuse(Record& record, ReadResult& result) {
  result.row = record.row;
  result.raw = record.raw;
  result.problems.assign(1, std::move(record.problem));
}

void ItemBuilder::build(Record& record, ReadResult& result) const {
  result.row = record.row;
  result.raw = record.raw;
  result.problems.clear();
  result.item.state = ItemState::kProposal;
  take_id(record, result);
  take_texts(record, result);
  take_labels(record, result);
  take_group(record, result);
  take_picture(record, result);
  if (!result.id_given && !result.rejected()) result.item.id = derived_id(result.item);
  take_split(record, result);
}

void ItemBuilder::add_problem(ReadResult& result, ProblemKind kind, std::size_t slot, std::string message) const {
  result.problems.push_back(
      {kind, file_, result.row, slot < plan_.size() ? plan_.column_of(slot) : "", result.item.id, std::move(message)});
}

void ItemBuilder::take_id(Record& record, ReadResult& result) const {
  Cell& cell = record.cells[plan_.id()];
  result.item.id.clear();
  result.id_given = is_scalar(cell) && !cell.text.empty();
  if (result.id_given) {
    if (cell.text.size() > limits::kIdBytes)
      return add_problem(result, ProblemKind::kTooLarge, plan_.id(),
                         "the id has more than " + std::to_string(limits::kIdBytes) + " bytes");
    if (has_control(cell.text))
      return add_problem(result, ProblemKind::kEncoding, plan_.id(), "the id holds a control character");
    std::swap(result.item.id, cell.text);
  } else if (cell.kind != Cell::Kind::kAbsent && cell.kind != Cell::Kind::kText) {
    add_problem(result, ProblemKind::kType, plan_.id(),
                "the id is " + what_it_is(cell) + ", a text or an integer is wanted");
  }
}

void ItemBuilder::take_texts(Record& record, ReadResult& result) const {
  bool any = record.cells[plan_.image()].kind != Cell::Kind::kAbsent;
  result.item.texts.resize(plan_.text_count());
  for (std::size_t slot = 0; slot < plan_.text_count(); ++slot) {
    Cell& cell = record.cells[slot];
    std::string& text = result.item.texts[slot];
    text.clear();
    if (cell.kind == Cell::Kind::kAbsent) continue;
    any = true;
    if (cell.kind != Cell::Kind::kText) {
      add_problem(result, ProblemKind::kType, slot, "the value is " + what_it_is(cell) + ", a text is wanted");
    } else if (cell.text.size() > limits::kFieldBytes) {
      add_problem(result, ProblemKind::kTooLarge, slot,
                  "the text has " + std::to_string(cell.text.size()) + " bytes, at most " +
                      std::to_string(limits::kFieldBytes) + " are taken");
    } else if (cell.text.find('\0') != std::string::npos) {
      add_problem(result, ProblemKind::kEncoding, slot, "the text holds a NUL, which is no text; remove it");
    } else {
      std::swap(text, cell.text);
    }
  }
  if (any) return;
  std::string fields;
  for (std::size_t slot = 0; slot < plan_.text_count(); ++slot)
    fields += (slot == 0 ? "" : ", ") + plan_.column_of(slot);
  add_problem(result, ProblemKind::kSchema, plan_.size(),
              "none of the task's fields is there (" + fields + "); name what holds them with --map");
}

void ItemBuilder::take_labels(Record& record, ReadResult& result) const {
  std::vector<std::string>& labels = result.item.labels;
  labels.clear();
  if (plan_.labels() == LabelUse::kIgnored) return;
  Cell& cell = record.cells[plan_.label()];
  if (cell.kind == Cell::Kind::kOther) {
    return add_problem(result, ProblemKind::kType, plan_.label(),
                       "the label is " + cell.text + ", a text, an integer or a list of these is wanted");
  }
  if (cell.kind == Cell::Kind::kList) {
    for (const std::string& label : cell.list) labels.emplace_back(trimmed(label));
    std::erase(labels, "");
  } else if (is_scalar(cell) && kind_ == TaskKind::kTags) {
    labels = split_tags(cell.text, options_.label_separator);
  } else if (is_scalar(cell) && !trimmed(cell.text).empty()) {
    labels.emplace_back(trimmed(cell.text));
  }
  std::ranges::sort(labels);
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());

  if (kind_ == TaskKind::kCategory && labels.size() > 1) {
    add_problem(result, ProblemKind::kInvalidLabel, plan_.label(),
                "the item has " + std::to_string(labels.size()) + " labels, this task gives one");
  } else if (labels.size() > limits::kLabelsPerItem) {
    add_problem(result, ProblemKind::kInvalidLabel, plan_.label(),
                "the item has " + std::to_string(labels.size()) + " labels, at most " +
                    std::to_string(limits::kLabelsPerItem) + " are taken");
  } else if (std::ranges::any_of(labels, [](const std::string& label) { return label.size() > limits::kLabelBytes; })) {
    add_problem(result, ProblemKind::kInvalidLabel, plan_.label(),
                "a label has more than " + std::to_string(limits::kLabelBytes) + " bytes");
  } else if (std::ranges::any_of(labels, has_control)) {
    add_problem(result, ProblemKind::kInvalidLabel, plan_.label(),
                "a label holds a line break or another control character");
  } else if (plan_.labels() == LabelUse::kRequired && labels.empty() &&
             (kind_ == TaskKind::kCategory || cell.kind == Cell::Kind::kAbsent)) {
    add_problem(result, ProblemKind::kSchema, plan_.label(), "the item has no label, and a measure needs one");
  }
}

void ItemBuilder::take_group(Record& record, ReadResult& result) const {
  Cell& cell = record.cells[plan_.group()];
  result.item.group.clear();
  if (cell.kind == Cell::Kind::kAbsent) return;
  if (!is_scalar(cell))
    return add_problem(result, ProblemKind::kType, plan_.group(),
                       "the group is " + what_it_is(cell) + ", a text or an integer is wanted");
  if (cell.text.size() > limits::kIdBytes)
    return add_problem(result, ProblemKind::kTooLarge, plan_.group(),
                       "the group has more than " + std::to_string(limits::kIdBytes) + " bytes");
  if (has_control(cell.text))
    return add_problem(result, ProblemKind::kEncoding, plan_.group(), "the group holds a control character");
  std::swap(result.item.group, cell.text);
}

void ItemBuilder::take_split(Record& record, ReadResult& result) const {
  const Cell& cell = record.cells[plan_.split()];
  result.split_given = false;
  result.item.split = assigned_split(result.item.group.empty() ? result.item.id : result.item.group);
  if (cell.kind == Cell::Kind::kAbsent) return;
  const std::string_view text = is_scalar(cell) ? trimmed(cell.text) : std::string_view("?");
  if (text.empty()) return;
  for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
    if (text != to_string(split)) continue;
    result.item.split = split;
    result.split_given = true;
    return;
  }
  add_problem(result, ProblemKind::kType, plan_.split(),
              "a split is train, validation or test, not '" + printable(text.substr(0, 80)) + "'");
}

void ItemBuilder::take_picture(Record& record, ReadResult& result) const {
  result.item.image.clear();
  result.picture.clear();
  result.picture_path.clear();
  if (!plan_.has_image() || options_.pictures == PictureUse::kIgnore) return;
  const Cell& cell = record.cells[plan_.image()];
  if (cell.kind == Cell::Kind::kAbsent || (cell.kind == Cell::Kind::kText && cell.text.empty())) return;
  if (cell.kind != Cell::Kind::kText)
    return add_problem(result, ProblemKind::kType, plan_.image(),
                       "the picture is " + what_it_is(cell) + ", the path of a file is wanted");
  PicturePath found = find_picture(folder_, cell.text, options_.picture_folders);
  if (!found.fault.empty())
    return add_problem(result, ProblemKind::kUnreadablePicture, plan_.image(),
                       "'" + printable(cell.text.substr(0, 200)) + "': " + found.fault);
  result.picture_path = std::move(found.path);
  if (options_.pictures == PictureUse::kFind) return;
  try {
    result.picture = read_file(result.picture_path, limits::kPictureBytes);
    result.item.image = digest_of(result.picture).hex();
  } catch (const Error& error) {
    add_problem(result, ProblemKind::kUnreadablePicture, plan_.image(), error.what());
  }
}

}  // namespace aisle
