// JSONL: any bytes give the same rows from a reader and from blocks of any size, and what is accepted is JSON for
// another library too. The first byte chooses the sizes.
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "domain/limits.h"
#include "fuzz.h"
#include "ingest/item_reader.h"
#include "ingest/text_check.h"

namespace aisle {
namespace {

const Task& task() {
  static const Task made{.name = "task", .kind = TaskKind::kTags, .text_fields = {"title", "body"}};
  return made;
}

std::string describe(const ReadResult& result) {
  std::string summary = std::to_string(result.row) + "|" + std::string(result.raw);
  for (const Problem& problem : result.problems) {
    FUZZ_CHECK(!problem.message.empty());
    summary += "|" + std::string(to_string(problem.kind)) + problem.column;
  }
  if (result.rejected()) return summary;
  FUZZ_CHECK(nlohmann::json::accept(result.raw));
  FUZZ_CHECK(!result.item.id.empty() && result.item.id.size() <= limits::kIdBytes);
  FUZZ_CHECK(result.item.labels.size() <= limits::kLabelsPerItem);
  for (const std::string& text : result.item.texts) FUZZ_CHECK(text_fault(text).empty());
  return summary + "|" + result.item.id;
}

std::vector<std::string> rows_of_reader(std::string_view text, std::size_t piece_bytes) {
  std::vector<std::string> rows;
  const auto reader = open_items(bytes_of(text, piece_bytes), Format::kJsonl, "fuzz", task(), {});
  for (ReadResult result; reader->next(result);) rows.push_back(describe(result));
  return rows;
}

std::vector<std::string> rows_of_blocks(std::string_view text, std::size_t block_bytes) {
  std::vector<std::string> rows;
  BlockReader blocks(bytes_of(text), "fuzz", block_bytes);
  JsonlItemParser parser(task(), {}, "fuzz");
  for (LineBlock block; blocks.next(block);)
    parser.parse(block, [&](ReadResult& result) { rows.push_back(describe(result)); });
  return rows;
}

}  // namespace
}  // namespace aisle

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    FUZZ_CHECK(aisle::rows_of_reader(text, 1 + data[0] % 16) == aisle::rows_of_blocks(text, 1 + data[0]));
  } catch (const aisle::Error&) {
    // UTF-16
  }
  return 0;
}
