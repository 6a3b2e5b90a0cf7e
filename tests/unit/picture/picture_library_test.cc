#include "picture/picture_library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

#include "core/error.h"
#include "core/files.h"
#include "support/temporary_folder.h"

// GLib and libvips keep their types and thread data until the process ends, and are never unloaded.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libgobject-2.0\nleak:libglib-2.0\nleak:libvips.so\nleak:ld-linux\nleak:libMagick\nleak:libfontconfig\n";
}

namespace aisle {
namespace {

using testing::HasSubstr;

constexpr PictureLimits kLimits{1 << 20, 1'000'000};

std::string fixture(const std::string& name) {
  return read_file(std::string(AISLE_TEST_DATA) + "/pictures/" + name, 1 << 20);
}

class PictureTest : public testing::Test {
 protected:
  PictureResult probe(const std::string& bytes, const PictureLimits& limits = kLimits) const {
    return library_.probe(bytes, limits);
  }

  PictureLibrary library_{AISLE_PICTURE_FILE};
};

void append_big_endian(std::string& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
}

// The head of a PNG (ISO 15948) that says it has so many pixels, and the start of its data.
std::string png_head(std::uint32_t width, std::uint32_t height) {
  std::string head = "IHDR";
  append_big_endian(head, width);
  append_big_endian(head, height);
  head += std::string("\x08\x02\x00\x00\x00", 5);
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : head) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320 : 0);
  }
  std::string png = "\x89PNG\r\n\x1A\n";
  append_big_endian(png, 13);
  png += head;
  append_big_endian(png, ~crc);
  append_big_endian(png, 1000);
  return png + "IDAT" + std::string(100, '\x78');
}

TEST_F(PictureTest, D5_TheFourFormatsAreReadAndMeasured) {
  const std::pair<const char*, PictureFormat> pictures[] = {{"gradient.jpg", PictureFormat::kJpeg},
                                                            {"gradient.png", PictureFormat::kPng},
                                                            {"gradient.webp", PictureFormat::kWebp},
                                                            {"gradient.gif", PictureFormat::kGif}};
  for (const auto& [name, format] : pictures) {
    const PictureResult result = probe(fixture(name));
    ASSERT_TRUE(result.info) << name << result.reason;
    EXPECT_EQ(result.info->format, format);
    EXPECT_EQ(result.info->width, 24);
    EXPECT_EQ(result.info->height, 16);
  }
  EXPECT_EQ(to_string(PictureFormat::kWebp), "webp");
}

TEST_F(PictureTest, D2_OtherFormatsAndNoPicturesAreRefused) {
  for (const std::string& bytes :
       {fixture("gradient.tiff"), fixture("gradient.ppm"),
        std::string("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"), std::string("%PDF-1.4"),
        std::string("hello"), std::string(1, '\0'), std::string("1 2\n3 4\n")}) {
    const PictureResult result = probe(bytes);
    EXPECT_FALSE(result.info);
    EXPECT_THAT(result.reason, HasSubstr("not a JPEG, PNG, WebP or GIF"));
  }
  EXPECT_THAT(probe("").reason, HasSubstr("empty"));
}

TEST_F(PictureTest, D2_SizesAreCheckedBeforeAnythingIsDecoded) {
  const std::string png = fixture("gradient.png");
  EXPECT_THAT(probe(png, {png.size() - 1, 1000}).reason, HasSubstr("bytes"));
  EXPECT_THAT(probe(png, {png.size(), 24 * 16 - 1}).reason, HasSubstr("24 x 16 pixels, at most 383"));
  EXPECT_TRUE(probe(png, {png.size(), 24 * 16}).info);
  EXPECT_THAT(probe(png_head(60'000, 60'000)).reason, HasSubstr("60000 x 60000 pixels"));
  EXPECT_THAT(probe(png_head(10, 10)).reason, HasSubstr("cut short"));
}

TEST_F(PictureTest, D2_ACutPictureIsRefused) {
  for (const char* name : {"gradient.jpg", "gradient.png", "gradient.webp", "gradient.gif"}) {
    const std::string whole = fixture(name);
    for (std::size_t size = 1; size < whole.size() * 9 / 10; size += 7)
      EXPECT_FALSE(probe(whole.substr(0, size)).info) << name << " " << size;
  }
}

TEST_F(PictureTest, D2_DamagedBytesDoNoHarm) {
  std::mt19937 random(1);
  for (const char* name : {"gradient.jpg", "gradient.png", "gradient.webp", "gradient.gif"}) {
    const std::string whole = fixture(name);
    for (int round = 0; round < 300; ++round) {
      std::string damaged = whole;
      for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
      const PictureResult result = probe(damaged);
      EXPECT_NE(result.info.has_value(), !result.reason.empty());
    }
  }
}

TEST_F(PictureTest, ManyThreadsMayAsk) {
  const std::string jpg = fixture("gradient.jpg"), png = fixture("gradient.png");
  std::atomic<int> good{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i)
          good += probe(i % 2 == 0 ? jpg : png).info && !probe(jpg.substr(0, 300)).info ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(good, 200);
}

TEST(PictureLibraryFile, IsOpenedWhenTheFirstPictureComesAndNamedWhenMissing) {
  const PictureLibrary missing("/nowhere/libaisle_picture_vips.so");
  EXPECT_FALSE(missing.probe("", kLimits).info);
  for (int i = 0; i < 2; ++i) {
    try {
      missing.probe(fixture("gradient.png"), kLimits);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
      EXPECT_THAT(error.what(), HasSubstr("/nowhere/libaisle_picture_vips.so"));
      EXPECT_THAT(error.what(), HasSubstr("AISLE_PICTURE_LIBRARY"));
    }
  }
}

TEST(PictureLibraryFile, AFileThatIsNoLibraryIsAClearError) {
  const TemporaryFolder folder;
  write_file_atomically(folder.path() / "fake.so", "not a library");
  EXPECT_THROW(PictureLibrary((folder.path() / "fake.so").string()).probe(fixture("gradient.png"), kLimits), Error);
}

TEST(PictureLibraryFile, IsFoundThroughTheEnvironmentOrBesideTheProgram) {
  ::unsetenv("AISLE_PICTURE_LIBRARY");
  EXPECT_THROW(PictureLibrary().probe(fixture("gradient.gif"), kLimits), Error);
  ::setenv("AISLE_PICTURE_LIBRARY", AISLE_PICTURE_FILE, 1);
  EXPECT_TRUE(PictureLibrary().probe(fixture("gradient.gif"), kLimits).info);
  ::unsetenv("AISLE_PICTURE_LIBRARY");
}

}  // namespace
}  // namespace aisle
