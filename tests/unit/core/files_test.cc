#include "core/files.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "support/temporary_folder.h"

namespace aisle {
namespace {

TEST(Files, WritesAtomicallyAndLeavesNothingBeside) {
  const TemporaryFolder folder;
  write_file_atomically(folder.path() / "a", "one");
  write_file_atomically(folder.path() / "a", "two");
  EXPECT_EQ(read_file(folder.path() / "a", 100), "two");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(Files, RefusesWhatIsMissingTooLargeOrAFolder) {
  const TemporaryFolder folder;
  write_file_atomically(folder.path() / "a", "12345");
  const auto code = [](const std::filesystem::path& path, std::size_t limit) {
    try {
      read_file(path, limit);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::kInternal;
  };
  EXPECT_EQ(code(folder.path() / "none", 10), ErrorCode::kNotFound);
  EXPECT_EQ(code(folder.path() / "a", 4), ErrorCode::kTooLarge);
  EXPECT_EQ(code(folder.path(), 10), ErrorCode::kInvalidArgument);
}

TEST(Files, MapsAWholeFileAndAnEmptyOne) {
  const TemporaryFolder folder;
  write_file_atomically(folder.path() / "a", "mapped");
  write_file_atomically(folder.path() / "b", "");
  MappedFile map(folder.path() / "a");
  const MappedFile moved = std::move(map);
  EXPECT_EQ(moved.text(), "mapped");
  EXPECT_TRUE(MappedFile(folder.path() / "b").text().empty());
}

}  // namespace
}  // namespace aisle
