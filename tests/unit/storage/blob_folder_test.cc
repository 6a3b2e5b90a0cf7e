#include "storage/blob_folder.h"

#include <gtest/gtest.h>

#include <signal.h>

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
  // As import and training do: held while it is stored.
  Digest put(std::string_view bytes) {
    const auto hold = blobs_->hold();
    return blobs_->put(bytes);
  }
  Digest adopt(const fs::path& file) {
    const auto hold = blobs_->hold();
    return blobs_->adopt(file);
  }
  std::optional<CollectedBlobs> collect(const std::vector<Digest>& wanted) {
    return blobs_->collect([&] { return wanted; }, cancel_);
  }
  std::unique_ptr<BlobStore> blobs_;
  CancelToken cancel_;
};

TEST_F(BlobFolder, NamesBytesByTheirDigest) {
  const Digest digest = put("hello");
  EXPECT_EQ(digest, digest_of("hello"));
  EXPECT_EQ(put("hello"), digest);
  EXPECT_EQ(blobs_->path_of(digest), folder_.path() / "blobs" / digest.hex().substr(0, 2) / digest.hex().substr(2));
  EXPECT_EQ(read_file(blobs_->path_of(digest), 100), "hello");
  EXPECT_TRUE(fs::is_empty(folder_.path() / "tmp"));
}

TEST_F(BlobFolder, KeepsTheEmptyBlob) {
  EXPECT_TRUE(blobs_->contains(put("")));
}

TEST_F(BlobFolder, TakesAFinishedFileOver) {
  const fs::path file = blobs_->temporary_path("model");
  write_file_atomically(file, "weights");
  const Digest digest = adopt(file);
  EXPECT_EQ(digest, digest_of("weights"));
  EXPECT_FALSE(fs::exists(file));
  write_file_atomically(file, "weights");
  EXPECT_EQ(adopt(file), digest);
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

TEST_F(BlobFolder, D7_CollectingRemovesWhatIsNotWantedAndNothingElse) {
  const Digest wanted = put("wanted"), twice = put("wanted twice"), other = put("not wanted");
  const fs::path stranger = folder_.path() / "blobs" / "notes.txt";
  write_file_atomically(stranger, "no blob");
  const auto done = collect({twice, wanted, twice});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->removed, 1);
  EXPECT_EQ(done->removed_bytes, 10);
  EXPECT_EQ(done->kept, 2);
  EXPECT_TRUE(blobs_->contains(wanted) && blobs_->contains(twice) && fs::exists(stranger));
  EXPECT_FALSE(blobs_->contains(other));
  EXPECT_EQ(put("not wanted"), other);  // and it can come again
  EXPECT_TRUE(blobs_->contains(other));
}

TEST_F(BlobFolder, D7_NothingIsStoredWithoutAHoldNorCollectedWithOne) {
  EXPECT_TRUE(error_of([&] { blobs_->put("x"); }).starts_with("internal: "));
  const auto hold = blobs_->hold();
  const auto second = blobs_->hold();
  const Digest digest = blobs_->put("x");
  EXPECT_FALSE(collect({}));
  EXPECT_TRUE(blobs_->contains(digest));
}

TEST_F(BlobFolder, D7_AnotherProcesssHoldCountsUntilItIsKilled) {
  int told[2];
  ASSERT_EQ(::pipe(told), 0);
  const pid_t child = start_child([&] {
    const auto theirs = open_blob_folder(folder_.path());
    const auto hold = theirs->hold();
    theirs->put("not named yet");
    if (::write(told[1], "x", 1) != 1) return 1;
    return ::pause();
  });
  char byte = 0;
  ASSERT_EQ(::read(told[0], &byte, 1), 1);
  EXPECT_FALSE(collect({}));
  EXPECT_TRUE(blobs_->contains(digest_of("not named yet")));
  ::kill(child, SIGKILL);
  exit_status_of(child);
  ASSERT_TRUE(collect({}));
  EXPECT_FALSE(blobs_->contains(digest_of("not named yet")));
}

}  // namespace
}  // namespace aisle
