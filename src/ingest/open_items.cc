// Which reader reads which format.
#include <cctype>
#include <string>
#include <utility>

#include "core/error.h"
#include "ingest/csv_reader.h"
#include "ingest/item_reader.h"
#include "ingest/jsonl_reader.h"

namespace aisle {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// The names that a format has for what a task wants. Fields are matched without regard to case.
ColumnMap format_map(Format format, const Task& task) {
  if (format == Format::kRakuten) return {{"prdtypecode", "label"}, {"productid", "id"}};
  if (format != Format::kStackexchange) return {};
  ColumnMap map = {{"Tags", "label"}, {"Id", "id"}};
  for (const char* column : {"Title", "Body"}) {
    for (const std::string& field : task.text_fields) {
      if (lower(field) == lower(column)) map.emplace_back(column, field);
    }
  }
  return map;
}

std::filesystem::path folder_of(const std::string& source) {
  return source == "-" ? std::filesystem::path{} : std::filesystem::path(source).parent_path();
}

std::unique_ptr<RecordReader> open_records(std::unique_ptr<ByteSource> bytes, Format format, const std::string& name, const ColumnPlan& plan) {
  switch (format) {
    case Format::kCsv:
    case Format::kStackexchange: return std::make_unique<CsvReader>(std::move(bytes), name, ',', plan);
    case Format::kTsv: return std::make_unique<CsvReader>(std::move(bytes), name, '\t', plan);
    case Format::kJsonl: return std::make_unique<JsonlReader>(std::move(bytes), name, plan);
    default: throw Error(ErrorCode::kUsage, "the format " + std::string(to_string(format)) + " is not read from a stream; give csv, tsv or jsonl");
  }
}

}  // namespace

std::unique_ptr<ItemReader> open_items(std::unique_ptr<ByteSource> source, Format format, std::string name, const Task& task, const ReadOptions& options) {
  auto plan = std::make_unique<const ColumnPlan>(task, options.map, format_map(format, task), options.labels);
  auto records = open_records(std::move(source), format, name, *plan);
  ItemBuilder builder(task, options, *plan, name, folder_of(name));
  return std::make_unique<ItemReader>(std::move(name), std::move(plan), std::move(records), std::move(builder));
}

std::unique_ptr<ItemReader> open_items(const InputGroup& group, const Task& task, const ReadOptions& options) {
  const std::string& source = group.sources.front();
  return open_items(open_bytes(source), group.format, source, task, options);
}

}  // namespace aisle
