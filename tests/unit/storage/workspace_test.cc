#include "storage/workspace.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/files.h"
#include "storage_support.h"

namespace aisle {
namespace {

namespace fs = std::filesystem;

unsigned mode_of(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 0777U;
}

TEST(Workspace, IsMadeOnceAndOnlyItsOwnerReadsIt) {
  const TemporaryFolder folder;
  const fs::path ws = folder.path() / "deep" / "ws";
  init_workspace(ws);
  EXPECT_EQ(mode_of(ws), 0700U);
  for (const char* file : {"users.db", "training.db", "logs.db"}) EXPECT_EQ(mode_of(ws / file), 0600U) << file;
  EXPECT_TRUE(error_of([&] { init_workspace(ws); }).starts_with("already_exists: "));
  const Workspace workspace = open_workspace(ws);
  EXPECT_EQ(workspace.config, Config{});
  EXPECT_TRUE(workspace.training->list_tasks().empty());
}

TEST(Workspace, AnEmptyFolderIsTakenOneWithOtherFilesIsNot) {
  const TemporaryFolder folder;
  init_workspace(folder.path());
  const TemporaryFolder other;
  write_file_atomically(other.path() / "thesis.txt", "years of work");
  const std::string error = error_of([&] { init_workspace(other.path()); });
  EXPECT_TRUE(error.starts_with("invalid_argument: ")) << error;
  EXPECT_NE(error.find("thesis.txt"), std::string::npos) << error;
  EXPECT_TRUE(error_of([&] { init_workspace(other.path() / "thesis.txt"); }).starts_with("invalid_argument: "));
}

TEST(Workspace, AnInterruptedInitIsCompletedWithoutLosingAnything) {
  const TemporaryFolder folder;
  init_workspace(folder.path());
  open_workspace(folder.path()).training->create_task(small_task());
  fs::remove(folder.path() / "aisle.toml");
  fs::remove(folder.path() / "logs.db");
  init_workspace(folder.path());
  EXPECT_TRUE(open_workspace(folder.path()).training->find_task("t"));
}

TEST(Workspace, AFolderThatIsNoneNamesInit) {
  const TemporaryFolder folder;
  for (const fs::path& path : {folder.path(), folder.path() / "nowhere"}) {
    const std::string error = error_of([&] { open_workspace(path); });
    EXPECT_TRUE(error.starts_with("not_found: ")) << error;
    EXPECT_NE(error.find("aisle init DIR"), std::string::npos) << error;
  }
}

TEST(Workspace, LiesUnderAnyName) {
  const TemporaryFolder folder;
  for (const char* name : {"a b=c", "quote's", "\xc3\xa9t\xc3\xa9 ;?%20"}) {
    init_workspace(folder.path() / name);
    open_workspace(folder.path() / name).training->create_task(small_task());
    EXPECT_TRUE(open_workspace(folder.path() / name).training->find_task("t")) << name;
  }
  EXPECT_TRUE(error_of([&] { init_workspace(folder.path() / "a\"b"); }).starts_with("invalid_argument: "));
}

TEST(Workspace, AMistakeInItsSettingsIsNamedWithItsLine) {
  const TemporaryFolder folder;
  init_workspace(folder.path());
  write_file_atomically(folder.path() / "aisle.toml", "format = 1\n[server]\nprot = 80\n");
  const std::string error = error_of([&] { open_workspace(folder.path()); });
  EXPECT_NE(error.find("server.prot"), std::string::npos) << error;
  EXPECT_NE(error.find("line 3"), std::string::npos) << error;
}

}  // namespace
}  // namespace aisle
