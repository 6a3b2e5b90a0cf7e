// Which reader reads which format.
#include <cctype>
#include <string>
#include <utility>

#include "core/error.h"
#include "ingest/csv_reader.h"
#include "ingest/item_reader.h"
#include "ingest/jsonl_reader.h"
#include "ingest/picture_folder.h"
#include "ingest/rakuten_reader.h"
#include "ingest/sql_reader.h"

namespace aisle {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// The names that a format has for what a task wants. Fields are matched without regard to case.
ColumnMap format_map(Format format, const Task& task) {
  if (format == Format::kRakuten) return {{"prdtypecode", "label"}, {"productid", "id"}};
  if (format == Format::kPictures) return {{"file", "image"}};
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

std::unique_ptr<RecordReader> open_records(std::unique_ptr<ByteSource> bytes, Format format, const std::string& name,
                                           const ColumnPlan& plan) {
  switch (format) {
    case Format::kCsv:
    case Format::kStackexchange:
      return std::make_unique<CsvReader>(std::move(bytes), name, ',', plan);
    case Format::kTsv:
      return std::make_unique<CsvReader>(std::move(bytes), name, '\t', plan);
    case Format::kJsonl:
      return std::make_unique<JsonlReader>(std::move(bytes), name, plan);
    default:
      throw Error(ErrorCode::kUsage, "the format " + std::string(to_string(format)) +
                                         " is not read from a stream; give csv, tsv or jsonl");
  }
}

// A plan that readers and builders of one file share.
std::unique_ptr<const ColumnPlan> make_plan(Format format, const Task& task, const ReadOptions& options) {
  return std::make_unique<const ColumnPlan>(task, options.map, format_map(format, task), options.labels);
}

std::unique_ptr<ItemReader> open_rakuten(const InputGroup& group, const Task& task, const ReadOptions& options) {
  const RakutenFiles files = sort_rakuten_files(group.sources);
  auto plan = make_plan(group.format, task, options);
  ReadOptions options_of_x = options;
  if (!files.y.empty() && options.labels == LabelUse::kRequired) options_of_x.labels = LabelUse::kOptional;
  auto plan_of_x = make_plan(group.format, task, options_of_x);
  auto records = std::make_unique<RakutenReader>(files, *plan, std::move(plan_of_x));
  ItemBuilder builder(task, options, *plan, files.x, files.pictures);
  return std::make_unique<ItemReader>(files.x, std::move(plan), std::move(records), std::move(builder));
}

std::unique_ptr<ItemReader> open_pictures(const std::string& folder, const Task& task, const ReadOptions& options) {
  if (task.image_field.empty())
    throw Error(ErrorCode::kFailedPrecondition, "the task takes no pictures; create one with --image FIELD",
                {{"file", folder}});
  auto plan = make_plan(Format::kPictures, task, options);
  const std::filesystem::path sidecar = std::filesystem::path(folder) / "labels.csv";
  std::unique_ptr<RecordReader> records;
  std::error_code error;
  const bool has_sidecar = std::filesystem::exists(sidecar, error);
  if (has_sidecar && !std::filesystem::is_regular_file(sidecar, error))
    throw Error(ErrorCode::kInvalidArgument, sidecar.string() + " is no regular file", {{"file", sidecar.string()}});
  if (has_sidecar) {
    records = std::make_unique<CsvReader>(open_bytes(sidecar), sidecar.string(), ',', *plan);
  } else {
    records = std::make_unique<PictureFolderReader>(folder, *plan);
  }
  const std::string name = has_sidecar ? sidecar.string() : folder;
  ItemBuilder builder(task, options, *plan, name, folder);
  return std::make_unique<ItemReader>(name, std::move(plan), std::move(records), std::move(builder));
}

std::unique_ptr<ItemReader> open_sql(const std::string& url, const Task& task, const ReadOptions& options) {
  auto plan = make_plan(Format::kSql, task, options);
  auto records = std::make_unique<SqlReader>(url, options.query, *plan);
  ItemBuilder builder(task, options, *plan, without_password(url), {});
  return std::make_unique<ItemReader>(without_password(url), std::move(plan), std::move(records), std::move(builder));
}

}  // namespace

std::unique_ptr<ItemReader> open_items(std::unique_ptr<ByteSource> source, Format format, std::string name,
                                       const Task& task, const ReadOptions& options) {
  auto plan = make_plan(format, task, options);
  auto records = open_records(std::move(source), format, name, *plan);
  ItemBuilder builder(task, options, *plan, name, folder_of(name));
  return std::make_unique<ItemReader>(std::move(name), std::move(plan), std::move(records), std::move(builder));
}

std::unique_ptr<ItemReader> open_items(const InputGroup& group, const Task& task, const ReadOptions& options) {
  switch (group.format) {
    case Format::kRakuten:
      return open_rakuten(group, task, options);
    case Format::kPictures:
      return open_pictures(group.sources.front(), task, options);
    case Format::kSql:
      return open_sql(group.sources.front(), task, options);
    default:
      return open_items(open_bytes(group.sources.front()), group.format, group.sources.front(), task, options);
  }
}

}  // namespace aisle
