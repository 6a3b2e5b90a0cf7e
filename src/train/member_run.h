// What trainings of a part of a model share: a file for the part, and progress that says whose it is.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/progress.h"

namespace aisle {

// A file beside a model that is being trained; removed at the end, whatever happens.
class MemberFile {
 public:
  explicit MemberFile(const std::filesystem::path& model);
  ~MemberFile();
  MemberFile(const MemberFile&) = delete;
  MemberFile& operator=(const MemberFile&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Says whose work it is: "linear: reading items".
class MemberProgress final : public Progress {
 public:
  MemberProgress(Progress& progress, const std::string& member) : progress_(progress), member_(member + ": ") {}
  void update(const ProgressEvent& event) override;
  void message(std::string_view text) override { progress_.message(member_ + std::string(text)); }

 private:
  Progress& progress_;
  std::string member_, stage_;
};

}  // namespace aisle
