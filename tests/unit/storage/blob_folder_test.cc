#include "storage/blob_folder.h"

#include <gtest/gtest.h>

#include <chrono>

#include "core/files.h"
#include "storage_support.h"

namespace aisle {
namespace {

namespace fs = std::filesystem;

class BlobFolder : public testing::Test {
 protected:
  BlobFolder() { blobs_ = open_blob_folder(folder_.path()); }
  TemporaryFolder folder_;
  std::unique_ptr<BlobStore> blobs_;
};

TEST_F(BlobFolder, NamesBytesByTheirDigest) {
  const Digest digest = blobs_->put("hello");
  EXPECT_EQ(digest, digest_of("hello"));
  EXPECT_EQ(blobs_->put("hello"), digest);
  EXPECT_EQ(blobs_->path_of(digest), folder_.path() / "blobs" / digest.hex().substr(0, 2) / digest.hex().substr(2));
  EXPECT_EQ(read_file(blobs_->path_of(digest), 100), "hello");
  EXPECT_TRUE(fs::is_empty(folder_.path() / "tmp"));
}

TEST_F(BlobFolder, KeepsTheEmptyBlob) {
  EXPECT_TRUE(blobs_->contains(blobs_->put("")));
}

TEST_F(BlobFolder, TakesAFinishedFileOver) {
  const fs::path file = blobs_->temporary_path("model");
  write_file_atomically(file, "weights");
  const Digest digest = blobs_->adopt(file);
  EXPECT_EQ(digest, digest_of("weights"));
  EXPECT_FALSE(fs::exists(file));
  write_file_atomically(file, "weights");
  EXPECT_EQ(blobs_->adopt(file), digest);
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(BlobFolder, SaysWhatIsMissing) {
  EXPECT_FALSE(blobs_->contains(digest_of("no")));
  EXPECT_TRUE(error_of([&] { blobs_->path_of(digest_of("no")); }).starts_with("not_found: "));
}

TEST_F(BlobFolder, ASecondProcessLeavesTheFirstOnesWorkAlone) {
  const fs::path file = blobs_->temporary_path("model");
  write_file_atomically(file, "half");
  const pid_t child = start_child([&] { return open_blob_folder(folder_.path()) ? 0 : 1; });
  EXPECT_EQ(exit_status_of(child), 0);
  EXPECT_TRUE(fs::exists(file));
}

TEST_F(BlobFolder, WhatADeadProcessLeftIsRemoved) {
  const pid_t child = start_child([&] {
    write_file_atomically(open_blob_folder(folder_.path())->temporary_path("model"), "half");
    return 0;
  });
  EXPECT_EQ(exit_status_of(child), 0);
  ASSERT_FALSE(fs::is_empty(folder_.path() / "tmp"));
  open_blob_folder(folder_.path());
  EXPECT_TRUE(fs::is_empty(folder_.path() / "tmp"));
}

TEST_F(BlobFolder, AnotherMachinesWorkIsRemovedOnlyAfterADay) {
  const fs::path file = folder_.path() / "tmp" / "0badcafe-999999-model-1";
  write_file_atomically(file, "half");
  open_blob_folder(folder_.path());
  ASSERT_TRUE(fs::exists(file));
  fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(25));
  open_blob_folder(folder_.path());
  EXPECT_FALSE(fs::exists(file));
}

}  // namespace
}  // namespace aisle
