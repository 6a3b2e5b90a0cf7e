#include "http/item_fields.h"

#include <algorithm>
#include <cstring>

#include "core/error.h"
#include "domain/limits.h"

namespace aisle::http {
namespace {

std::string texts_of(const Task& task) {
  std::string names;
  for (const std::string& field : task.text_fields) names += (names.empty() ? "" : ", ") + field;
  return names;
}

std::string fields_of(const Task& task) {
  return task.image_field.empty() ? texts_of(task) : texts_of(task) + ", image";
}

}  // namespace

void refuse_body(const std::string& message, std::string_view field) {
  ErrorContext context;
  if (!field.empty()) context.emplace_back("field", std::string(field.substr(0, 80)));
  throw Error(ErrorCode::kInvalidArgument, message, std::move(context));
}

void refuse_unknown_field(const Task& task, std::string_view key) {
  refuse_body("task '" + task.name + "' has no field '" + std::string(key.substr(0, 80)) +
                  "'; its fields are: " + fields_of(task),
              key);
}

bool is_image_field(const Task& task, std::string_view key) {
  return !task.image_field.empty() && (key == "image" || key == task.image_field);
}

void begin_item(const Task& task, Item& item) {
  item.texts.resize(task.text_fields.size());
  for (std::string& text : item.texts) text.clear();
  item.id.clear();
  item.picture.clear();
}

void take_text(std::string_view key, std::string_view text, std::string& out) {
  if (text.size() > limits::kFieldBytes) {
    throw Error(ErrorCode::kTooLarge,
                "'" + std::string(key) + "' has " + std::to_string(text.size()) + " bytes; at most " +
                    std::to_string(limits::kFieldBytes) + " are read",
                {{"field", std::string(key)}});
  }
  if (std::memchr(text.data(), 0, text.size()) != nullptr)
    refuse_body("'" + std::string(key) + "' holds a NUL, which is no text; remove it", key);
  out = text;
}

void take_id(std::string_view id, std::string& out) {
  const bool has_control = std::ranges::any_of(id, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (id.empty() || id.size() > limits::kIdBytes || has_control)
    refuse_body("an id has 1 to " + std::to_string(limits::kIdBytes) +
                    " bytes without control characters; leave it out to have none",
                "id");
  out = id;
}

void check_picture_size(std::string_view key, std::size_t bytes) {
  if (bytes <= limits::kPictureBytes) return;
  throw Error(ErrorCode::kTooLarge, "the picture is larger than " + std::to_string(limits::kPictureBytes) + " bytes",
              {{"field", std::string(key)}});
}

void check_item(const Task& task, const Item& item, bool has_image, bool reads_pictures) {
  if (has_text(item.texts) || !item.picture.empty()) return;
  if (has_image) refuse_body("the served model reads text, not pictures: give at least one of " + texts_of(task));
  refuse_body(empty_item_message(task.text_fields, reads_pictures));
}

}  // namespace aisle::http
