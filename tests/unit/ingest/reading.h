// Reads a text with any of the module's readers and gives everything that came.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/task.h"
#include "ingest/item_reader.h"

namespace aisle::testing_support {

struct Row {
  std::int64_t row = 0;
  Item item;
  bool id_given = false;
  bool split_given = false;
  std::string raw;
  std::vector<Problem> problems;
};

inline Task tags_task() {
  return {.name = "questions", .kind = TaskKind::kTags, .text_fields = {"title", "body"}};
}
inline Task category_task() {
  return {.name = "goods", .kind = TaskKind::kCategory, .text_fields = {"title"}};
}

inline std::vector<Row> read_all(ItemReader& reader) {
  std::vector<Row> rows;
  ReadResult result;
  while (reader.next(result))
    rows.push_back(
        {result.row, result.item, result.id_given, result.split_given, std::string(result.raw), result.problems});
  return rows;
}

inline std::vector<Row> read_text(std::string_view text, Format format, const Task& task,
                                  const ReadOptions& options = {}, std::size_t piece_bytes = 1 << 16) {
  const auto reader = open_items(bytes_of(text, piece_bytes), format, "items", task, options);
  return read_all(*reader);
}

}  // namespace aisle::testing_support
