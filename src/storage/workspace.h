// A workspace is a folder: aisle.toml, databases users.db, training.db and logs.db, blobs/, tmp/, and features.db, a
// cache.
#pragma once

#include <filesystem>
#include <memory>

#include "core/config.h"
#include "storage/blobs.h"
#include "storage/store.h"

namespace aisle {

struct Workspace {
  std::filesystem::path folder;
  Config config;
  std::unique_ptr<TrainingStore> training;
  std::unique_ptr<UserStore> users;
  std::unique_ptr<LogStore> logs;
  std::unique_ptr<BlobStore> blobs;
};

// Makes the folder with everything in it; only its owner may read it. kAlreadyExists when it is a workspace;
// kInvalidArgument when it holds other files. What an interrupted init left is completed.
void init_workspace(const std::filesystem::path& folder);

// Opens what init made and migrates it. kNotFound names `aisle init`. kUnsupported when a newer program made it.
// The SQL stores are thread-safe (one connection, one mutex); a second process is safe beside it.
Workspace open_workspace(const std::filesystem::path& folder);

// Everything in memory but blobs, which go to `folder`; for tests.
Workspace memory_workspace(const std::filesystem::path& folder);

}  // namespace aisle
