// Keeps rejected records as they stood in their files, so that they can be mended and imported again.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace aisle {

// Records of one header (or of JSONL) go to one file. Another header needs a file of its own: rejects.csv,
// rejects.2.csv, ... Files are made with the first record. One writer, one thread.
class RejectsWriter {
 public:
  explicit RejectsWriter(std::filesystem::path path) : path_(std::move(path)) {}

  // `header` is ItemReader::rejects_header(). A record that was too large to be held (`raw` empty) is not kept.
  // Throws kIo.
  void add(const std::string& header, std::string_view raw);

  // Closes the files. Throws kIo where the disk did not take everything.
  void finish();

  const std::vector<std::filesystem::path>& files() const { return files_; }

 private:
  std::ofstream& file_for(const std::string& header);

  std::filesystem::path path_;
  std::map<std::string, std::ofstream> by_header_;
  std::vector<std::filesystem::path> files_;
};

}  // namespace aisle
