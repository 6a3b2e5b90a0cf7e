#include "model/archive.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "core/random.h"
#include "support/temporary_folder.h"

namespace aisle {
namespace {

std::string write_sample(const std::filesystem::path& path) {
  const std::vector<float> values = {1, 2, 3};
  const std::string text = "hello";
  ArchiveWriter writer;
  writer.add("values", std::span<const float>(values));
  writer.add("text", std::as_bytes(std::span(text)));
  writer.add("nothing", std::span<const std::byte>());
  writer.write(path);
  return read_file(path, 1 << 20);
}

// Bytes on a 64-byte boundary, as a map has them.
class Aligned {
 public:
  explicit Aligned(std::string_view bytes) : size_(bytes.size()), memory_(new (std::align_val_t(64)) char[size_ + 1]) {
    std::memcpy(memory_, bytes.data(), size_);
  }
  ~Aligned() { ::operator delete[](memory_, std::align_val_t(64)); }
  Aligned(const Aligned&) = delete;
  Aligned& operator=(const Aligned&) = delete;
  std::span<const std::byte> bytes() const { return {reinterpret_cast<const std::byte*>(memory_), size_}; }

 private:
  std::size_t size_;
  char* memory_;
};

ErrorCode code_of(std::string_view bytes) {
  const Aligned aligned(bytes);
  try {
    Archive::parse(aligned.bytes());
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kInternal;  // none
}

template <typename T>
std::string patched(std::string bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
  return bytes;
}

TEST(Archive, GivesBackWhatWasWritten) {
  const TemporaryFolder folder;
  write_sample(folder.path() / "a");
  const Archive archive = Archive::open(folder.path() / "a");
  const std::span<const float> values = archive.values<float>("values", 3);
  EXPECT_EQ(std::vector<float>(values.begin(), values.end()), (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(values.data()) % 64, 0U);
  EXPECT_EQ(archive.section("text").size(), 5U);
  EXPECT_TRUE(archive.has("nothing"));
  EXPECT_THROW(archive.section("missing"), Error);
  EXPECT_THROW(archive.values<float>("values", 4), Error);
  EXPECT_THROW(archive.values<float>("text", 1), Error);
  EXPECT_NO_THROW(verify_archive(folder.path() / "a"));
}

TEST(Archive, LeavesNothingBesideTheFile) {
  const TemporaryFolder folder;
  write_sample(folder.path() / "a");
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) files += entry.is_regular_file();
  EXPECT_EQ(files, 1U);
}

TEST(Archive, RefusesBrokenHeadersAndTables) {
  const TemporaryFolder folder;
  const std::string good = write_sample(folder.path() / "a");
  EXPECT_EQ(code_of(""), ErrorCode::kCorrupt);
  EXPECT_EQ(code_of("AISLEMDL"), ErrorCode::kCorrupt);
  EXPECT_EQ(code_of(patched(good, 0, 'x')), ErrorCode::kCorrupt);
  EXPECT_EQ(code_of(patched(good, 12, std::uint32_t{65})), ErrorCode::kCorrupt);
  EXPECT_EQ(code_of(patched(good, 12, std::uint32_t{0xffffffff})), ErrorCode::kCorrupt);
  EXPECT_EQ(code_of(good.substr(0, good.size() - 1)), ErrorCode::kCorrupt);
  EXPECT_EQ(code_of(good + "x"), ErrorCode::kCorrupt);
  const std::size_t entry = 64;
  EXPECT_EQ(code_of(patched(good, entry, '\0')), ErrorCode::kCorrupt);                             // no name
  EXPECT_EQ(code_of(patched(good, entry + 32, std::uint64_t{0})), ErrorCode::kCorrupt);            // over the header
  EXPECT_EQ(code_of(patched(good, entry + 32, std::uint64_t{257})), ErrorCode::kCorrupt);          // not aligned
  EXPECT_EQ(code_of(patched(good, entry + 32, ~std::uint64_t{63})), ErrorCode::kCorrupt);          // outside
  EXPECT_EQ(code_of(patched(good, entry + 40, ~std::uint64_t{0})), ErrorCode::kCorrupt);           // wraps around
  EXPECT_EQ(code_of(patched(good, entry + 40, std::uint64_t{good.size()})), ErrorCode::kCorrupt);  // over the end
}

TEST(Archive, M12_AnotherLayoutIsNamedAndSaysToTrainAgain) {
  const TemporaryFolder folder;
  const std::string good = write_sample(folder.path() / "a");
  const auto message_of = [&](std::uint32_t layout) -> std::string {
    const Aligned aligned(patched(good, 8, layout));
    try {
      Archive::parse(aligned.bytes());
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
      return error.what();
    }
    return "";
  };
  const std::string ours = std::to_string(kModelLayout);
  const std::string newer = std::to_string(kModelLayout + 1);
  EXPECT_EQ(message_of(kModelLayout), "");
  EXPECT_EQ(message_of(1),
            "this model was written by an older Aisle (layout 1, this program reads " + ours + "): train again");
  EXPECT_EQ(message_of(kModelLayout + 1), "this model was written by a newer Aisle (layout " + newer +
                                              ", this program reads " + ours + "): train again");
}

TEST(Archive, OneChangedBytePassesOpeningPerhapsButNeverVerifying) {
  const TemporaryFolder folder;
  const std::string good = write_sample(folder.path() / "a");
  Random random(1);
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ static_cast<char>(1 + random.below(255)));
    code_of(bad);  // must not crash
    const std::filesystem::path path = folder.path() / "bad";
    std::ofstream(path, std::ios::binary) << bad;
    EXPECT_THROW(verify_archive(path), Error) << at;
  }
}

}  // namespace
}  // namespace aisle
