#include "codec/item_json.h"

#include <nlohmann/json.hpp>

#include "codec/domain_json.h"

namespace aisle {

void append_item_json(const Task& task, const Item& item, std::string& out) {
  Json json = {{"id", item.id}};
  for (std::size_t i = 0; i < task.text_fields.size() && i < item.texts.size(); ++i)
    json[task.text_fields[i]] = item.texts[i];
  if (task.kind == TaskKind::kTags) {
    json["label"] = item.labels;
  } else if (!item.labels.empty()) {
    json["label"] = item.labels.front();
  }
  if (!item.group.empty()) json["group"] = item.group;
  json["split"] = to_string(item.split);
  out += json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace aisle
