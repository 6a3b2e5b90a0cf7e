#include "workflow/fusion_supply.h"

#include <optional>

#include "core/digest.h"
#include "core/error.h"
#include "workflow/item_pictures.h"

namespace aisle {

std::unique_ptr<ItemSource> SnapshotSupply::open_items(bool pictures) {
  auto items = workspace_.training->read_snapshot(task_.id, snapshot_, std::nullopt);
  return pictures ? with_pictures(std::move(items), *workspace_.blobs) : std::move(items);
}

TrainedVersion SnapshotSupply::find_version(std::int64_t number) {
  const std::string name = "version " + std::to_string(number);
  const auto version = workspace_.training->find_version(task_.id, number);
  if (!version) {
    throw Error(ErrorCode::kNotFound, "'" + task_.name + "' has no " + name + ": `aisle models list --task " +
                                          task_.name + "` shows those there are");
  }
  if (version->snapshot != snapshot_) {
    throw Error(ErrorCode::kFailedPrecondition,
                name + " was trained on snapshot " + std::to_string(version->snapshot) +
                    ", and the data are snapshot " + std::to_string(snapshot_) +
                    " now: members share their data, so train it again or name its kind",
                {{"version", std::to_string(number)}});
  }
  const auto run = workspace_.training->find_run(task_.id, version->run);
  if (!run) {
    throw Error(ErrorCode::kFailedPrecondition,
                "the run that trained " + name + " is not stored, so it cannot be trained as it was: name its kind");
  }
  return {version->model, version->parameters, run->seed,
          workspace_.blobs->path_of(Digest::from_hex(version->archive))};
}

}  // namespace aisle
