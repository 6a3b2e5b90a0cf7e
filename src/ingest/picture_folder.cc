#include "ingest/picture_folder.h"

#include <algorithm>
#include <functional>

#include "core/error.h"
#include "ingest/csv_write.h"
#include "ingest/text_check.h"

namespace aisle {
namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& path) {
  return path.filename().string().starts_with('.') || path.filename() == "Thumbs.db";
}

[[noreturn]] void throw_io(const fs::path& folder, const std::error_code& error) {
  throw Error(ErrorCode::kIo, "cannot read the folder " + folder.string() + ": " + error.message(),
              {{"file", folder.string()}});
}

// Calls `take` for what lies in `folder` and is not hidden.
template <typename Iterator>
void for_each_entry(const fs::path& folder, const std::function<void(const fs::directory_entry&)>& take) {
  std::error_code error;
  for (Iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!is_hidden(at->path())) take(*at);
  }
  if (error) throw_io(folder, error);
}

// A link that leads to itself is no folder.
bool is_folder(const fs::directory_entry& entry) {
  std::error_code error;
  return entry.is_directory(error);
}

}  // namespace

PictureFolderReader::PictureFolderReader(fs::path folder, const ColumnPlan& plan)
    : folder_(std::move(folder)), plan_(plan) {
  for_each_entry<fs::directory_iterator>(folder_, [&](const fs::directory_entry& entry) {
    if (is_folder(entry)) {
      labels_.push_back(entry.path().filename().string());
    } else {
      files_.push_back(entry.path().filename().string());
    }
  });
  std::ranges::sort(labels_, std::greater<>());
  std::ranges::sort(files_, std::greater<>());
}

bool PictureFolderReader::next_folder() {
  if (labels_.empty()) return false;
  label_ = std::move(labels_.back());
  labels_.pop_back();
  for_each_entry<fs::recursive_directory_iterator>(folder_ / label_, [&](const fs::directory_entry& entry) {
    if (!is_folder(entry)) files_.push_back(entry.path().lexically_relative(folder_).string());
  });
  std::ranges::sort(files_, std::greater<>());
  return true;
}

ReadStatus PictureFolderReader::next(Record& record) {
  while (files_.empty()) {
    if (!next_folder()) return ReadStatus::kEnd;
  }
  record.row = ++row_;
  record.clear_cells();
  Cell& picture = record.cells[plan_.image()];
  picture.kind = Cell::Kind::kText;
  picture.text = std::move(files_.back());
  files_.pop_back();
  raw_ = csv_record({picture.text, label_});
  record.raw = raw_;
  const std::string fault = text_fault(picture.text);
  if (!fault.empty()) {
    record.problem = {ProblemKind::kEncoding, folder_.string(), row_, "file", "", "in the name of the file " + fault};
    return ReadStatus::kRejected;
  }
  if (label_.empty()) return ReadStatus::kRecord;
  Cell& label = record.cells[plan_.label()];
  label.kind = Cell::Kind::kList;  // a folder's name is one label, whatever it holds
  label.list.assign(1, label_);
  return ReadStatus::kRecord;
}

}  // namespace aisle
