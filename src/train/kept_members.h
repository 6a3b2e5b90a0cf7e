// The members of a fused version, from its file: it outlives the versions that they were.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <utility>

#include "train/member_run.h"
#include "train/trainer.h"

namespace aisle {

class KeptMembers final : public FusionSupply {
 public:
  // `fused` is the version's file; `beside`, where members' files are put for as long as this lives.
  KeptMembers(FusionSupply& other, std::filesystem::path fused, std::filesystem::path beside)
      : other_(other), fused_(std::move(fused)), beside_(std::move(beside)) {}

  std::unique_ptr<ItemSource> open_items(bool pictures) override { return other_.open_items(pictures); }
  // A member as the file has it; of a file that does not tell how its members were trained, as the other supply has it.
  TrainedVersion find_version(std::int64_t version) override;

 private:
  FusionSupply& other_;
  std::filesystem::path fused_, beside_;
  std::map<std::int64_t, MemberFile> files_;
};

}  // namespace aisle
