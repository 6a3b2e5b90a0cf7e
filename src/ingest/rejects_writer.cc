#include "ingest/rejects_writer.h"

#include "core/error.h"

namespace aisle {

void RejectsWriter::add(const std::string& header, std::string_view raw) {
  if (raw.empty()) return;
  std::ofstream& file = file_for(header);
  file << raw << '\n';
  if (!file) throw errno_error("cannot write", path_.string());
}

void RejectsWriter::finish() {
  for (auto& [header, file] : by_header_) {
    file.close();
    if (!file) throw errno_error("cannot write", path_.string());
  }
  by_header_.clear();
}

std::ofstream& RejectsWriter::file_for(const std::string& header) {
  const auto found = by_header_.find(header);
  if (found != by_header_.end()) return found->second;
  std::filesystem::path path = path_;
  if (!files_.empty())
    path.replace_filename(path_.stem().string() + "." + std::to_string(files_.size() + 1) + path_.extension().string());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!file) throw errno_error("cannot write", path.string());
  if (!header.empty()) file << header << '\n';
  files_.push_back(path);
  return by_header_.emplace(header, std::move(file)).first->second;
}

}  // namespace aisle
