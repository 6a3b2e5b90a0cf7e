#include "http/item_body.h"

#include <simdjson.h>

#include <algorithm>
#include <vector>

#include "core/base64.h"
#include "core/error.h"
#include "domain/limits.h"
#include "http/item_fields.h"

namespace aisle::http {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kKeptBytes = 256 << 10;

[[noreturn]] void refuse_json(simdjson::error_code code) {
  switch (code) {
    case simdjson::EMPTY:
      refuse_body("the body is empty; send a JSON object with the item's fields");
    case simdjson::UTF8_ERROR:
      refuse_body("the body is not UTF-8; JSON has no other encoding");
    case simdjson::DEPTH_ERROR:
      refuse_body("the JSON is nested deeper than " + std::to_string(limits::kJsonDepth) + " levels");
    case simdjson::UNESCAPED_CHARS:
      refuse_body("a JSON string holds a control character; write it as \\u00XX, line breaks as \\n");
    case simdjson::UNCLOSED_STRING:
      refuse_body("the JSON ends inside a string; was the body cut?");
    case simdjson::STRING_ERROR:
      refuse_body("a JSON string has a wrong escape or half a surrogate pair");
    case simdjson::NUMBER_ERROR:
      refuse_body("a JSON number is malformed or out of range");
    default:
      refuse_body(std::string("the body is not valid JSON: ") + simdjson::error_message(code));
  }
}

std::string_view type_name(const dom::element& value) {
  switch (value.type()) {
    case dom::element_type::ARRAY:
      return "a list";
    case dom::element_type::OBJECT:
      return "an object";
    case dom::element_type::STRING:
      return "a string";
    case dom::element_type::BOOL:
      return "a boolean";
    case dom::element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

std::string_view string_of(const dom::element& value, std::string_view key) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS)
    refuse_body("'" + std::string(key.substr(0, 80)) + "' must be a string, not " + std::string(type_name(value)), key);
  return text;
}

void read_text(const dom::element& value, std::string_view key, std::string& out) {
  if (!value.is_null()) take_text(key, string_of(value, key), out);  // null is as if absent
}

// Base64, also as browsers write it: "data:image/png;base64,...".
void read_picture(std::string_view text, std::string_view key, std::string& out) {
  const std::size_t comma = text.starts_with("data:") ? text.substr(0, 100).find(";base64,") : std::string_view::npos;
  if (comma != std::string_view::npos) text.remove_prefix(comma + 8);
  check_picture_size(key, text.size() / 4 * 3);
  if (!decode_base64(text, out)) refuse_body("'" + std::string(key) + "' is not base64", key);
}

void read_id(const dom::element& value, std::string& out) {
  std::int64_t number = 0;
  if (value.is_null()) return;
  if (value.get(number) == simdjson::SUCCESS) {
    out = std::to_string(number);
  } else {
    take_id(string_of(value, "id"), out);
  }
}

}  // namespace

struct ItemBodyReader::State {
  dom::parser parser;
  std::string padded;  // simdjson reads a few bytes past the end
  std::vector<std::string_view> seen;

  dom::object parse(std::string_view json) {
    if (json.starts_with("\xEF\xBB\xBF")) json.remove_prefix(3);
    if (json.starts_with("\xFF\xFE") || json.starts_with("\xFE\xFF")) refuse_json(simdjson::UTF8_ERROR);
    if (padded.capacity() > 2 * kKeptBytes && json.size() < kKeptBytes) *this = State();  // after a large one
    if (json.size() > limits::kItemBytes)
      throw Error(ErrorCode::kTooLarge, "the JSON has " + std::to_string(json.size()) + " bytes; at most " +
                                            std::to_string(limits::kItemBytes) + " are read");
    padded.assign(json);
    padded.append(simdjson::SIMDJSON_PADDING, ' ');
    if (parser.capacity() < json.size() || parser.max_depth() != limits::kJsonDepth) {
      if (const auto code = parser.allocate(std::max(json.size(), std::size_t{16} << 10), limits::kJsonDepth))
        refuse_json(code);
    }
    dom::element document;
    if (const auto code = parser.parse(padded.data(), json.size(), false).get(document)) refuse_json(code);
    dom::object object;
    if (document.get(object) != simdjson::SUCCESS)
      refuse_body("the JSON must be an object with the item's fields, not " + std::string(type_name(document)));
    return object;
  }

  void refuse_repeated(std::string_view key) {
    if (std::ranges::find(seen, key) != seen.end()) refuse_body("'" + std::string(key) + "' is given twice", key);
    seen.push_back(key);
  }
};

ItemBodyReader::ItemBodyReader() : state_(std::make_unique<State>()) {}
ItemBodyReader::~ItemBodyReader() = default;

void ItemBodyReader::read(std::string_view json, const Task& task, Keys keys, Item& item, Pictures pictures) {
  const dom::object object = state_->parse(json);
  begin_item(task, item);
  state_->seen.clear();
  bool has_image = false;
  for (const auto& [key, value] : object) {
    const auto field = std::ranges::find(task.text_fields, key);
    const bool is_image = is_image_field(task, key);
    const bool known = key == "id" || (keys == Keys::kFieldsAndTask && key == "task") ||
                       (keys == Keys::kRow && (key == "label" || key == "group" || key == "split"));
    if (field == task.text_fields.end() && !is_image && !known) refuse_unknown_field(task, key);
    state_->refuse_repeated(key);
    if (field != task.text_fields.end()) {
      read_text(value, key, item.texts[static_cast<std::size_t>(field - task.text_fields.begin())]);
    } else if (is_image) {
      has_image = !value.is_null() && !string_of(value, key).empty();
      if (has_image && pictures == Pictures::kDecode) read_picture(string_of(value, key), key, item.picture);
    } else if (key == "id") {
      read_id(value, item.id);
    }
  }
  check_item(task, item, has_image, pictures == Pictures::kDecode);
}

std::string ItemBodyReader::task_of(std::string_view json) {
  std::string task;
  for (const auto& [key, value] : state_->parse(json)) {
    if (key == "task") task = string_of(value, key);
  }
  return task;
}

}  // namespace aisle::http
