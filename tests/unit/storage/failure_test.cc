// A damaged file, a folder without rights and a full disk: clear errors, and nothing lost.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "storage_support.h"

namespace aisle {
namespace {

namespace fs = std::filesystem;

constexpr uid_t kNobody = 65534;

fs::path make_workspace(const TemporaryFolder& folder) {
  const fs::path ws = folder.path() / "ws";
  init_workspace(ws);
  open_workspace(ws).training->create_task(small_task());
  return ws;
}

void overwrite(const fs::path& file, std::int64_t from) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(from);
  const std::string garbage(fs::file_size(file) - static_cast<std::size_t>(from), 'Z');
  stream.write(garbage.data(), std::ssize(garbage));
}

TEST(Failure, AFileThatIsNoDatabaseIsNamed) {
  const TemporaryFolder folder;
  const fs::path ws = make_workspace(folder);
  overwrite(ws / "training.db", 0);
  const std::string error = error_of([&] { open_workspace(ws); });
  EXPECT_TRUE(error.starts_with("corrupt: ")) << error;
  EXPECT_NE(error.find("training.db"), std::string::npos);
}

TEST(Failure, DamagedPagesAreFoundWhenTheyAreRead) {
  const TemporaryFolder folder;
  const fs::path ws = make_workspace(folder);
  {
    const Workspace workspace = open_workspace(ws);
    workspace.training->put_items(1, small_batch("a", 500));
  }
  overwrite(ws / "training.db", 4096);
  const std::string error = error_of([&] {
    const Workspace workspace = open_workspace(ws);
    workspace.training->list_items(1, {});
  });
  EXPECT_TRUE(error.starts_with("corrupt: ")) << error;
}

TEST(Failure, AnEmptyOrLostDatabaseDoesNotStartAfresh) {
  const TemporaryFolder folder;
  const fs::path ws = make_workspace(folder);
  fs::resize_file(ws / "training.db", 0);
  EXPECT_TRUE(error_of([&] { open_workspace(ws); }).starts_with("corrupt: "));
  fs::remove(ws / "training.db");
  const std::string error = error_of([&] { open_workspace(ws); });
  EXPECT_NE(error.find("training.db"), std::string::npos) << error;
  EXPECT_NE(error.find("backup"), std::string::npos);
}

// What a person without rights (root has them all) is told when opening the workspace.
std::string open_without_rights(const fs::path& ws) {
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe(pipe.data()), 0);
  const pid_t child = start_child([&] {
    if (::geteuid() == 0 && ::setuid(kNobody) != 0) return 1;
    const std::string error = error_of([&] { open_workspace(ws).training->create_task(small_task("other")); });
    return ::write(pipe[1], error.data(), error.size()) == std::ssize(error) ? 0 : 1;
  });
  ::close(pipe[1]);
  std::string text(4096, '\0');
  const ssize_t got = ::read(pipe[0], text.data(), text.size());
  ::close(pipe[0]);
  EXPECT_EQ(exit_status_of(child), 0);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return text;
}

void give_to_nobody(const fs::path& folder) {
  if (::geteuid() != 0) return;
  ASSERT_EQ(::chown(folder.c_str(), kNobody, kNobody), 0);
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    ASSERT_EQ(::chown(entry.path().c_str(), kNobody, kNobody), 0);
}

TEST(Failure, AFolderWithoutTheRightToWriteIsNamed) {
  const TemporaryFolder folder;
  const fs::path ws = make_workspace(folder);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  give_to_nobody(ws);
  ASSERT_EQ(::chmod(ws.c_str(), 0500), 0);
  const std::string error = open_without_rights(ws);
  EXPECT_TRUE(error.starts_with("io: ")) << error;
  EXPECT_NE(error.find("right to write"), std::string::npos) << error;
  ASSERT_EQ(::chmod(ws.c_str(), 0000), 0);
  const std::string closed = open_without_rights(ws);
  EXPECT_NE(closed.find("Permission denied"), std::string::npos) << closed;
  ASSERT_EQ(::chmod(ws.c_str(), 0700), 0);
}

// Files of this process may not grow beyond `bytes` while it lives: as a full disk does, writes fail half way.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST(Failure, AFullDiskLosesNothingThatWasAcknowledged) {
  const TemporaryFolder folder;
  const Workspace workspace = open_workspace(make_workspace(folder));
  TrainingStore& store = *workspace.training;
  int batches = 0;
  std::string error;
  {
    const FileSizeLimit limit(1 << 20);
    for (; batches < 200 && error.empty(); ++batches) {
      error = error_of([&] { store.put_items(1, small_batch(std::to_string(batches), 50, 1000)); });
    }
  }
  ASSERT_TRUE(error.starts_with("io: ")) << error;
  EXPECT_NE(error.find("nothing of this step was stored"), std::string::npos) << error;
  const int stored = batches - 1;
  ASSERT_GT(stored, 0);
  EXPECT_EQ(store.count_items(1).certified, stored * 50);
  EXPECT_FALSE(store.find_item(1, std::to_string(stored) + "-0"));
  store.put_items(1, small_batch("after", 50, 1000));
  EXPECT_EQ(store.count_items(1).certified, (stored + 1) * 50);
}

TEST(Failure, AFullDiskLeavesNoHalfBlob) {
  const TemporaryFolder folder;
  const Workspace workspace = open_workspace(make_workspace(folder));
  const auto hold = workspace.blobs->hold();
  const std::string large(2 << 20, 'b');
  {
    const FileSizeLimit limit(1 << 20);
    EXPECT_TRUE(error_of([&] { workspace.blobs->put(large); }).starts_with("io: "));
  }
  EXPECT_FALSE(workspace.blobs->contains(digest_of(large)));
  EXPECT_TRUE(fs::is_empty(workspace.folder / "tmp"));
  workspace.blobs->put(large);
  EXPECT_TRUE(workspace.blobs->contains(digest_of(large)));
}

}  // namespace
}  // namespace aisle
