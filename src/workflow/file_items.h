// Items of files that are not stored: to evaluate, or to name labels. Also turns what a person said about files into
// the reader's options.
#pragma once

#include <memory>
#include <vector>

#include "ingest/item_reader.h"
#include "workflow/context.h"
#include "workflow/reading.h"

namespace aisle {

// kUsage for what cannot be understood.
ReadOptions read_options(const ReadSettings& settings, LabelUse labels);

// Every good item of all files, one after the other; bad rows are counted and the first of them kept.
class FileItems final : public ItemSource {
 public:
  // pictures: kRead fills item.picture, kFind leaves the files alone.
  FileItems(const Task& task, const ReadSettings& settings, LabelUse labels, PictureUse pictures = PictureUse::kFind);
  bool next(Item& item) override;

  const std::vector<Problem>& problems() const { return problems_; }
  std::int64_t rejected() const { return rejected_; }

 private:
  bool open_next();

  const Task& task_;
  ReadOptions options_;
  std::vector<InputGroup> groups_;
  std::size_t opened_ = 0;
  std::unique_ptr<ItemReader> reader_;
  ReadResult result_;
  std::vector<Problem> problems_;
  std::int64_t rejected_ = 0;
};

}  // namespace aisle
