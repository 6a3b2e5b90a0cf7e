#include "http/item_form.h"

#include <simdjson.h>

#include <algorithm>

#include "http/item_fields.h"
#include "http/multipart.h"

namespace aisle::http {
namespace {

// A text in another coding would be read as wrong letters.
std::string_view text_of(const FormPart& part) {
  std::string charset;
  const std::size_t parameters = std::min(part.content_type.find(';'), part.content_type.size());
  if (header_parameter(part.content_type.substr(parameters), "charset", charset) && charset != "utf-8" &&
      charset != "UTF-8" && charset != "us-ascii" && charset != "US-ASCII")
    refuse_body("'" + part.name.substr(0, 80) + "' is in '" + charset.substr(0, 80) + "'; send UTF-8", part.name);
  if (!simdjson::validate_utf8(part.content.data(), part.content.size()))
    refuse_body("'" + part.name.substr(0, 80) + "' is not UTF-8", part.name);
  return part.content;
}

// Where the task has no field of that name, the two names that every form may use.
std::size_t text_field_of(const Task& task, std::string_view name) {
  const auto& fields = task.text_fields;
  const auto found = static_cast<std::size_t>(std::ranges::find(fields, name) - fields.begin());
  if (found < fields.size()) return found;
  const std::size_t meant = name == "designation" ? 0 : name == "description" ? 1 : fields.size();
  return std::min(meant, fields.size());
}

}  // namespace

void read_item_form(std::string_view body, std::string_view parameters, const Task& task, ItemBodyReader::Keys keys,
                    Item& item, ItemBodyReader::Pictures pictures) {
  begin_item(task, item);
  const std::vector<FormPart> parts = read_form(body, parameters);
  bool has_image = false;
  for (auto part = parts.begin(); part != parts.end(); ++part) {
    const bool twice =
        std::find_if(parts.begin(), part, [&](const FormPart& one) { return one.name == part->name; }) != part;
    if (twice) refuse_body("the form has '" + part->name.substr(0, 80) + "' twice", part->name);
    if (const std::size_t field = text_field_of(task, part->name); field < task.text_fields.size()) {
      if (!item.texts[field].empty())
        refuse_body("'" + part->name + "' and '" + task.text_fields[field] + "' are the same field", part->name);
      take_text(part->name, text_of(*part), item.texts[field]);
    } else if (is_image_field(task, part->name)) {
      if (part->content.empty()) continue;  // a browser's form without a chosen file
      if (has_image) refuse_body("the form has two pictures", part->name);
      has_image = true;
      check_picture_size(part->name, part->content.size());
      if (pictures == ItemBodyReader::Pictures::kDecode) item.picture = part->content;
    } else if (part->name == "id") {
      take_id(text_of(*part), item.id);
    } else if (part->name != "task" || keys != ItemBodyReader::Keys::kFieldsAndTask) {
      refuse_unknown_field(task, part->name);
    }
  }
  check_item(task, item, has_image, pictures == ItemBodyReader::Pictures::kDecode);
}

std::string task_of_form(std::string_view body, std::string_view parameters) {
  for (const FormPart& part : read_form(body, parameters)) {
    if (part.name == "task") return std::string(text_of(part));
  }
  return {};
}

}  // namespace aisle::http
