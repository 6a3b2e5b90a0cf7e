#include "picture/picture_head.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "support/picture_cases.h"

namespace aisle {
namespace {

using namespace std::string_literals;

void expect_size(const std::string& bytes, PictureFormat format, std::uint32_t width, std::uint32_t height) {
  const PictureHead head = read_head(bytes);
  ASSERT_TRUE(head.format);
  EXPECT_EQ(*head.format, format);
  ASSERT_TRUE(head.size);
  EXPECT_EQ(head.size->width, width);
  EXPECT_EQ(head.size->height, height);
}

TEST(PictureHead, D5_FormatAndSizeAreInTheFirstBytes) {
  expect_size(picture_file("plain.jpg"), PictureFormat::kJpeg, 90, 60);
  expect_size(picture_file("progressive.jpg"), PictureFormat::kJpeg, 90, 60);
  expect_size(picture_file("cmyk_profile.jpg"), PictureFormat::kJpeg, 90, 60);
  expect_size(picture_file("tall.png"), PictureFormat::kPng, 29, 140);
  expect_size(picture_file("lossy.webp"), PictureFormat::kWebp, 90, 60);
  expect_size(picture_file("lossless.webp"), PictureFormat::kWebp, 90, 60);
  expect_size(picture_file("moving.webp"), PictureFormat::kWebp, 64, 48);
  expect_size(picture_file("turned.webp"), PictureFormat::kWebp, 90, 60);
  expect_size(picture_file("moving.gif"), PictureFormat::kGif, 64, 48);
}

TEST(PictureHead, D5_ACutHeadHasNoSizeAndIsReadWithinItsBytes) {
  for (const char* name : {"plain.jpg", "rgb.png", "lossy.webp", "lossless.webp", "moving.webp", "still.gif"}) {
    const std::string whole = picture_file(name);
    bool had_size = false;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const std::string cut = whole.substr(0, size);  // its own memory, so that the sanitizer sees its end
      const PictureHead head = read_head(cut);
      EXPECT_TRUE(!had_size || head.size) << name << " " << size;
      had_size = head.size.has_value();
    }
    EXPECT_TRUE(had_size) << name;
    EXPECT_FALSE(read_head(whole.substr(0, 9)).size) << name;
  }
}

TEST(PictureHead, D5_WhatIsNoPictureIsNamed) {
  const std::pair<std::string, const char*> others[] = {{"%PDF-1.7", "a PDF document"},
                                                        {"II*\0aaaa"s, "a TIFF picture"},
                                                        {"\0\0\0\x18"
                                                         "ftypavif"s,
                                                         "an AVIF picture"},
                                                        {"\0\0\0\x18"
                                                         "ftypisom"s,
                                                         "a video"},
                                                        {"<!DOCTYPE html>", "a web page"},
                                                        {"PK\3\4...", "a ZIP archive"},
                                                        {"hello", ""},
                                                        {"", ""},
                                                        {"RIFF....WAVE", ""}};
  for (const auto& [bytes, what] : others) {
    const PictureHead head = read_head(bytes);
    EXPECT_FALSE(head.format) << bytes;
    EXPECT_EQ(head.other, what) << bytes;
  }
}

TEST(PictureHead, D5_ScansOfAProgressiveJpegAreCounted) {
  EXPECT_EQ(count_passes(picture_file("plain.jpg")), 1);
  const std::string progressive = picture_file("progressive.jpg");
  const int scans = count_passes(progressive);
  EXPECT_EQ(scans, 10);  // libjpeg's script for three channels
  const std::size_t last = progressive.rfind("\xFF\xDA");
  const std::string scan = progressive.substr(last, progressive.size() - 2 - last);
  EXPECT_EQ(count_passes(progressive.substr(0, progressive.size() - 2) + scan + scan + "\xFF\xD9"), scans + 2);
}

TEST(PictureHead, D5_AFileReachesItsEndOrIsCutShort) {
  for (const auto& entry : std::filesystem::directory_iterator(AISLE_TEST_DATA "/pictures/reference")) {
    const std::string whole = picture_file(entry.path().filename());
    const PictureHead head = read_head(whole);
    if (!head.format) continue;
    EXPECT_TRUE(reaches_its_end(*head.format, whole)) << entry.path();
    for (const std::size_t part : {3U, 5U, 9U, 10U}) {
      if (entry.path().filename().string().starts_with("moving") && part > 3) continue;  // the first frame is there
      EXPECT_FALSE(reaches_its_end(*head.format, whole.substr(0, whole.size() * part / 11))) << entry.path() << part;
    }
  }
}

}  // namespace
}  // namespace aisle
