#include "train/member_run.h"

#include <system_error>

#include "core/ids.h"

namespace aisle {

MemberFile::MemberFile(const std::filesystem::path& model) : path_(model) {
  path_ += "." + new_id().substr(0, 12) + ".member";
}

MemberFile::~MemberFile() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

void MemberProgress::update(const ProgressEvent& event) {
  stage_ = member_;
  stage_ += event.stage;
  progress_.update({stage_, event.done, event.total, event.unit, event.detail});
}

}  // namespace aisle
