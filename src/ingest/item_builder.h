// Makes an item of a record: types, labels, ids, splits, bounds.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domain/item.h"
#include "domain/problem.h"
#include "ingest/column_plan.h"
#include "ingest/format.h"
#include "ingest/record.h"

namespace aisle {

// One record of a file, as an item or as what is wrong with it.
struct ReadResult {
  Item item;  // state kProposal; split: the file's, else assigned_split(group or id)
  std::int64_t row = 0;
  bool id_given = false;  // false: derived_id; two of these with one id are exact duplicates
  bool split_given = false;
  std::string_view raw;  // the record as it stands in the file, for the rejects file; valid until the next call
  std::string picture;   // the picture file's bytes, "" where none; item.image is their digest
  std::filesystem::path picture_path;
  std::vector<Problem> problems;  // not empty: rejected, the item is not to be used

  bool rejected() const { return !problems.empty(); }
};

class ItemBuilder {
 public:
  ItemBuilder(const Task& task, const ReadOptions& options, const ColumnPlan& plan, std::string file,
              std::filesystem::path folder);

  // Takes the record's texts (swaps buffers). Thread-safe: several threads may use one builder.
  void build(Record& record, ReadResult& result) const;

  // A record that the reader refused.
  static void refuse(Record& record, ReadResult& result);

 private:
  void take_texts(Record& record, ReadResult& result) const;
  void take_id(Record& record, ReadResult& result) const;
  void take_labels(Record& record, ReadResult& result) const;
  void take_group(Record& record, ReadResult& result) const;
  void take_split(Record& record, ReadResult& result) const;
  void take_picture(Record& record, ReadResult& result) const;
  void add_problem(ReadResult& result, ProblemKind kind, std::size_t slot, std::string message) const;

  TaskKind kind_;
  ReadOptions options_;
  const ColumnPlan& plan_;
  std::string file_;
  std::filesystem::path folder_;  // pictures are relative to it
};

// The tags in one cell: "<a><b>", else separated by `separator`. Trimmed, empty ones dropped.
std::vector<std::string> split_tags(std::string_view text, std::string_view separator);

}  // namespace aisle
