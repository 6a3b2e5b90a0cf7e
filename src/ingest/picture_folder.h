// A folder of pictures with a folder per label: each file is an item, its label is the first folder of its path.
// Pictures beside the folders have no label. Hidden files are passed over. (A folder with labels.csv is read as CSV.)
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ingest/column_plan.h"
#include "ingest/record.h"

namespace aisle {

class PictureFolderReader final : public RecordReader {
 public:
  // `plan` must outlive the reader. Throws kNotFound or kIo. Memory: the names of one label's files.
  PictureFolderReader(std::filesystem::path folder, const ColumnPlan& plan);

  ReadStatus next(Record& record) override;  // by label, then by name; the row counts from 1
  std::vector<std::string> unused_columns() const override { return {}; }
  std::string rejects_header() const override { return "file,label"; }

 private:
  bool next_folder();

  std::filesystem::path folder_;
  const ColumnPlan& plan_;
  std::vector<std::string> labels_;  // folders still to be read, the next one last
  std::string label_;
  std::vector<std::string> files_;  // of this label, relative to folder_, the next one last
  std::int64_t row_ = 0;
  std::string raw_;
};

}  // namespace aisle
