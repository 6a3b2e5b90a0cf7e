#include "abuse/jsonl_sample.h"

#include <utility>

namespace aisle::abuse::jsonl {

std::string good_line(std::size_t i) {
  const std::string number = std::to_string(i);
  return R"({"id":"g)" + number + R"(","title":"red shoe )" + number + R"(","body":"for \"walking\" on day )" + number +
         R"(","label":"shoes","split":"train","price":12.5})";
}
std::string good_id(std::size_t i) {
  return "g" + std::to_string(i);
}

std::function<std::string()> always(std::string value) {
  return [value = std::move(value)] { return value; };
}

ReadCase one_bad_line(const std::string& name, std::size_t place, std::function<std::string()> line,
                      std::optional<ProblemKind> kind, std::optional<std::string> column, const Task& task) {
  ReadCase wanted{.suite = task.kind == TaskKind::kTags ? "JsonlTags" : kSuite,
                  .name = name,
                  .format = Format::kJsonl,
                  .task = task};
  wanted.bytes = [place, line = std::move(line)] {
    std::string bytes;
    for (std::size_t i = 0; i < kRows; ++i) bytes += (i == place ? line() : good_line(i)) + "\n";
    return bytes;
  };
  for (std::size_t i = 0; i < kRows; ++i) {
    if (i != place) wanted.good_ids.push_back(good_id(i));
  }
  wanted.bad_rows = {{static_cast<std::int64_t>(place) + 1, kind, std::move(column)}};
  return wanted;
}

void add_bad_line(const std::string& name, std::string line, std::optional<ProblemKind> kind,
                  std::optional<std::string> column) {
  add_read_case(one_bad_line(name, 2, always(std::move(line)), kind, std::move(column)));
}

std::string with_value(const std::string& key, const std::string& json) {
  std::string line = R"({"id":"bad")";
  if (key != "id") line += R"(,"title":"x")";
  if (key == "id") line = R"({"title":"x")";
  if (key == "title") line = R"({"id":"bad","body":"x")";
  return line + ",\"" + key + "\":" + json + "}";
}

}  // namespace aisle::abuse::jsonl
