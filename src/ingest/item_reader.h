// The door of this module: files, databases and streams in, items out.
//
//   for (const InputGroup& group : group_inputs(files, options.format)) {
//     const auto reader = open_items(group, task, options);
//     ReadResult result;
//     while (reader->next(result)) {
//       if (result.rejected()) ... else ...
//     }
//   }
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domain/task.h"
#include "ingest/block_reader.h"
#include "ingest/byte_source.h"
#include "ingest/format.h"
#include "ingest/item_builder.h"
#include "ingest/jsonl_parser.h"

namespace aisle {

// A stream of items. One reader, one thread; memory is bounded by one record and one window of the file.
class ItemReader {
 public:
  ItemReader(std::string name, std::unique_ptr<const ColumnPlan> plan, std::unique_ptr<RecordReader> records,
             ItemBuilder builder);

  // Overwrites `result` (its buffers are reused); false at the end. A bad record is a result with problems.
  // Throws Error where the source fails as a whole.
  bool next(ReadResult& result);

  // The file as problems name it; a URL has lost its password.
  const std::string& name() const { return name_; }
  std::uint64_t bytes_done() const { return records_->bytes_done(); }
  std::uint64_t bytes_total() const { return records_->bytes_total(); }  // 0: not known
  // Columns that were there and not wanted, at most 100; complete at the end. To be shown once.
  std::vector<std::string> unused_columns() const { return records_->unused_columns(); }
  // The first line of a file of rejected records; "" for JSONL.
  std::string rejects_header() const { return records_->rejects_header(); }

 private:
  std::string name_;
  std::unique_ptr<const ColumnPlan> plan_;
  std::unique_ptr<RecordReader> records_;
  ItemBuilder builder_;
  Record record_;
};

// `group.format` is settled (see group_inputs). Throws kNotFound, kIo, kInvalidArgument (no usable header), kUsage
// (--map, --query).
std::unique_ptr<ItemReader> open_items(const InputGroup& group, const Task& task, const ReadOptions& options);

// The same over bytes, for uploads and tests: csv, tsv, stackexchange or jsonl.
std::unique_ptr<ItemReader> open_items(std::unique_ptr<ByteSource> source, Format format, std::string name,
                                       const Task& task, const ReadOptions& options);

// Lines of JSONL to items, for workers that share one BlockReader. One parser a thread.
class JsonlItemParser {
 public:
  JsonlItemParser(const Task& task, const ReadOptions& options, std::string file);
  ~JsonlItemParser();
  JsonlItemParser(JsonlItemParser&&) noexcept;

  // One line, behind which `readable_bytes` more may be read. False for an empty line, which is to be passed over.
  bool parse(std::string_view line, std::int64_t row, std::size_t readable_bytes, ReadResult& result);

  // Every line of a block, in order. The result is valid within the call.
  void parse(const LineBlock& block, const std::function<void(ReadResult&)>& take);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aisle
