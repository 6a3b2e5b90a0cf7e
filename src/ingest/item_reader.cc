#include "ingest/item_reader.h"

#include <utility>

namespace aisle {

ItemReader::ItemReader(std::string name, std::unique_ptr<const ColumnPlan> plan, std::unique_ptr<RecordReader> records,
                       ItemBuilder builder)
    : name_(std::move(name)), plan_(std::move(plan)), records_(std::move(records)), builder_(std::move(builder)) {
  record_.cells.resize(plan_->size());
}

bool ItemReader::next(ReadResult& result) {
  switch (records_->next(record_)) {
    case ReadStatus::kEnd:
      return false;
    case ReadStatus::kRejected:
      ItemBuilder::refuse(record_, result);
      return true;
    case ReadStatus::kRecord:
      builder_.build(record_, result);
      return true;
  }
  return false;
}

struct JsonlItemParser::State {
  State(const Task& task, const ReadOptions& options, const std::string& file)
      : plan(task, options.map, {}, options.labels),
        parser(plan, file),
        builder(task, options, plan, file,
                file == "-" ? std::filesystem::path{} : std::filesystem::path(file).parent_path()) {}

  ColumnPlan plan;
  JsonlParser parser;
  ItemBuilder builder;
  Record record;
  ReadResult result;
};

JsonlItemParser::JsonlItemParser(const Task& task, const ReadOptions& options, std::string file)
    : state_(std::make_unique<State>(task, options, file)) {}
JsonlItemParser::~JsonlItemParser() = default;
JsonlItemParser::JsonlItemParser(JsonlItemParser&&) noexcept = default;

bool JsonlItemParser::parse(std::string_view line, std::int64_t row, std::size_t readable_bytes, ReadResult& result) {
  if (is_blank(line)) return false;
  state_->record.row = row;
  if (state_->parser.parse(line, readable_bytes, state_->record)) {
    state_->builder.build(state_->record, result);
  } else {
    ItemBuilder::refuse(state_->record, result);
  }
  return true;
}

void JsonlItemParser::parse(const LineBlock& block, const std::function<void(ReadResult&)>& take) {
  if (block.too_long) {
    state_->record.row = block.first_line;
    state_->parser.refuse_too_long(state_->record);
    ItemBuilder::refuse(state_->record, state_->result);
    return take(state_->result);
  }
  LineCursor lines(block.text(), block.first_line);
  std::string_view line;
  for (std::int64_t row = 0; lines.next(line, row);) {
    if (parse(line, row, LineBlock::kPaddingBytes, state_->result)) take(state_->result);
  }
}

}  // namespace aisle
