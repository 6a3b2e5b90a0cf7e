// Bodies of POST /tasks/{task}/predict and lines of batches: what is taken is valid JSON with one of the task's texts;
// what is refused says why.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/error.h"
#include "fuzz.h"
#include "http/item_body.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using aisle::http::ItemBodyReader;
  static ItemBodyReader reader;
  static const aisle::Task task{1, "apps", aisle::TaskKind::kCategory, {"title", "body"}, "icon", 0};
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  aisle::Item item;
  for (const auto keys :
       {ItemBodyReader::Keys::kFields, ItemBodyReader::Keys::kFieldsAndTask, ItemBodyReader::Keys::kRow}) {
    try {
      reader.read(body, task, keys, item);
      const nlohmann::json json = nlohmann::json::parse(body);
      FUZZ_CHECK(item.texts.size() == 2);
      FUZZ_CHECK(item.texts[0] ==
                 (json.contains("title") && json["title"].is_string() ? json["title"].get<std::string>() : ""));
      FUZZ_CHECK(!item.texts[0].empty() || !item.texts[1].empty());
    } catch (const aisle::Error& error) {
      FUZZ_CHECK(error.code() == aisle::ErrorCode::kInvalidArgument || error.code() == aisle::ErrorCode::kTooLarge);
      FUZZ_CHECK(*error.what() != '\0');
    }
  }
  return 0;
}
