#include "workflow/file_items.h"

#include <utility>

namespace aisle {
namespace {

constexpr std::size_t kKeptProblems = 20;

}  // namespace

ReadOptions read_options(const ReadSettings& settings, LabelUse labels) {
  ReadOptions options{.format = parse_format(settings.format),
                      .map = parse_column_map(settings.map),
                      .label_separator = settings.label_separator,
                      .query = settings.query,
                      .labels = labels};
  if (!settings.picture_folder.empty()) options.picture_folders.emplace_back(settings.picture_folder);
  return options;
}

FileItems::FileItems(const Task& task, const ReadSettings& settings, LabelUse labels, PictureUse pictures)
    : task_(task), options_(read_options(settings, labels)), groups_(group_inputs(settings.sources, options_.format)) {
  options_.pictures = pictures;
}

bool FileItems::open_next() {
  if (opened_ == groups_.size()) return false;
  reader_ = open_items(groups_[opened_++], task_, options_);
  return true;
}

bool FileItems::next(Item& item) {
  while (reader_ || open_next()) {
    if (!reader_->next(result_)) {
      reader_.reset();
      continue;
    }
    if (!result_.rejected()) {
      std::swap(item, result_.item);
      item.picture.swap(result_.picture);
      return true;
    }
    ++rejected_;
    for (const Problem& problem : result_.problems) {
      if (problems_.size() < kKeptProblems) problems_.push_back(problem);
    }
  }
  return false;
}

}  // namespace aisle
