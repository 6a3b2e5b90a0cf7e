#include "storage/workspace.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "core/error.h"
#include "core/files.h"
#include "storage/blob_folder.h"
#include "storage/folder_lock.h"
#include "storage/memory/memory_store.h"
#include "storage/sql/log_store.h"
#include "storage/sql/training_store.h"
#include "storage/sql/user_store.h"

namespace aisle {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConfigFile = "aisle.toml";
constexpr const char* kDatabases[] = {"users.db", "training.db", "logs.db"};
constexpr std::size_t kMaxConfigBytes = 1 << 20;

// Whether init makes a file of this name ("training.db", "training.db-wal", ...).
bool is_ours(const std::string& name) {
  if (name == "blobs" || name == "tmp" || name.starts_with("features.db")) return true;
  return std::ranges::any_of(kDatabases, [&](const char* database) { return name.starts_with(database); }) ||
         (name.starts_with(kConfigFile) && name != kConfigFile);
}

void check_free(const fs::path& folder) {
  if (fs::exists(folder / kConfigFile))
    throw Error(ErrorCode::kAlreadyExists, folder.string() + " is a workspace already");
  if (!fs::exists(folder)) return;
  if (!fs::is_directory(folder))
    throw Error(ErrorCode::kInvalidArgument, folder.string() + " is not a folder; name a new or an empty one");
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!is_ours(name)) {
      throw Error(ErrorCode::kInvalidArgument,
                  folder.string() + " holds other files (" + name + "); name a new or an empty folder");
    }
  }
}

void make_folder(const fs::path& folder) {
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    throw errno_error("cannot make the folder", folder.string());
  if (::chmod(folder.c_str(), 0700) != 0) throw errno_error("cannot protect the folder", folder.string());
}

std::string database_path(const fs::path& folder, const char* name) {
  return (folder / name).string();
}

void make_contents(const fs::path& folder) {
  make_blob_folders(folder);
  for (const char* database : kDatabases) {
    if (!fs::exists(folder / database)) sql::Database::create(folder / database);
  }
  // Opening runs the migrations.
  const sql::SqlTrainingStore training(database_path(folder, "training.db"));
  const sql::SqlUserStore users(database_path(folder, "users.db"));
  const sql::SqlLogStore logs(database_path(folder, "logs.db"));
  // Last: it makes the folder a workspace.
  write_file_atomically(folder / kConfigFile, default_config_text());
}

// A database that is there has at least its schema; an empty file would silently start afresh.
void check_databases(const fs::path& folder) {
  for (const char* database : kDatabases) {
    std::error_code error;
    if (fs::file_size(folder / database, error) != 0 || error) continue;
    throw Error(ErrorCode::kCorrupt, (folder / database).string() + " is empty; restore it from a backup",
                {{"file", (folder / database).string()}});
  }
}

bool has_config(const fs::path& folder) {
  std::error_code error;
  const bool found = fs::exists(folder / kConfigFile, error);
  if (error) throw Error(ErrorCode::kIo, "cannot look into " + folder.string() + ": " + error.message());
  return found;
}

std::string full_path(const fs::path& folder) {
  return fs::absolute(folder).lexically_normal().string();
}

}  // namespace

void init_workspace(const fs::path& folder) {
  try {
    check_free(folder);
    make_folder(folder);
    const FolderLock lock(folder, FolderLock::Kind::kExclusive);  // a second init waits, then finds a workspace
    check_free(folder);
    make_contents(folder);
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorCode::kIo, "cannot make the workspace: " + std::string(error.what()),
                {{"folder", folder.string()}});
  }
}

Workspace open_workspace(const fs::path& folder) {
  if (!has_config(folder)) {
    throw Error(
        ErrorCode::kNotFound,
        full_path(folder) + " is not a workspace; make one with `aisle init DIR`, or name one with --workspace DIR");
  }
  Workspace workspace;
  workspace.folder = folder;
  workspace.config = parse_config(read_file(folder / kConfigFile, kMaxConfigBytes), (folder / kConfigFile).string());
  check_databases(folder);
  workspace.training = std::make_unique<sql::SqlTrainingStore>(folder / "training.db");
  workspace.users = std::make_unique<sql::SqlUserStore>(folder / "users.db");
  workspace.logs = std::make_unique<sql::SqlLogStore>(folder / "logs.db");
  workspace.blobs = open_blob_folder(folder);
  return workspace;
}

Workspace memory_workspace(const fs::path& folder) {
  Workspace workspace;
  workspace.folder = folder;
  workspace.training = memory_training_store();
  workspace.users = memory_user_store();
  workspace.logs = memory_log_store();
  workspace.blobs = open_blob_folder(folder);
  return workspace;
}

}  // namespace aisle
