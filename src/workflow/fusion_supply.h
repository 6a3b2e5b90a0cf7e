// What training a fused model takes from the workspace: the snapshot's items again and again, and versions.
#pragma once

#include <memory>

#include "domain/task.h"
#include "storage/workspace.h"
#include "train/trainer.h"

namespace aisle {

class SnapshotSupply final : public FusionSupply {
 public:
  // Borrows both.
  SnapshotSupply(Workspace& workspace, const Task& task, std::int64_t snapshot)
      : workspace_(workspace), task_(task), snapshot_(snapshot) {}

  std::unique_ptr<ItemSource> open_items(bool pictures) override;
  TrainedVersion find_version(std::int64_t version) override;

 private:
  Workspace& workspace_;
  const Task& task_;
  std::int64_t snapshot_;
};

}  // namespace aisle
