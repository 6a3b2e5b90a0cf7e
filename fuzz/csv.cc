// CSV and TSV: any bytes give the same rows however they arrive, and no row breaks an item's bounds. The first byte
// chooses the format and the size of the pieces.
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

std::string describe(const ReadResult& result, std::string_view text) {
  FUZZ_CHECK(text.find(result.raw) != std::string_view::npos);
  std::string summary = std::to_string(result.row) + "|" + std::string(result.raw);
  for (const Problem& problem : result.problems) {
    FUZZ_CHECK(!problem.message.empty());
    summary += "|" + std::string(to_string(problem.kind)) + problem.column;
  }
  if (result.rejected()) return summary;
  const Item& item = result.item;
  FUZZ_CHECK(!item.id.empty() && item.id.size() <= limits::kIdBytes);
  FUZZ_CHECK(item.texts.size() == 2 && item.labels.size() <= limits::kLabelsPerItem);
  for (const std::string& cell : item.texts) FUZZ_CHECK(text_fault(cell).empty());
  return summary + "|" + item.id;
}

std::vector<std::string> rows_of(std::string_view text, Format format, std::size_t piece_bytes) {
  const Task task{.name = "task", .kind = TaskKind::kTags, .text_fields = {"title", "body"}};
  std::vector<std::string> rows;
  try {
    const auto reader = open_items(bytes_of(text, piece_bytes), format, "fuzz", task, {});
    std::int64_t row = 0;
    for (ReadResult result; reader->next(result); row = result.row) {
      FUZZ_CHECK(result.row > row);
      rows.push_back(describe(result, text));
    }
    FUZZ_CHECK(reader->bytes_done() == text.size());
  } catch (const Error& error) {
    rows.emplace_back(error.what());
  }
  return rows;
}

}  // namespace
}  // namespace aisle

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  // Half of the runs get a header that fits, so that the rows are reached.
  const std::uint8_t choice = data[0];
  const bool tabs = (choice & 1) != 0;
  std::string text = (choice & 2) != 0 ? "" : tabs ? "title\tbody\tlabel\tid\n" : "title,body,label,id\n";
  text.append(reinterpret_cast<const char*>(data) + 1, size - 1);
  const aisle::Format format = tabs ? aisle::Format::kTsv : aisle::Format::kCsv;
  FUZZ_CHECK(aisle::rows_of(text, format, text.size()) == aisle::rows_of(text, format, 1 + (choice >> 2)));
  return 0;
}
