#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <thread>

#include "core/error.h"
#include "picture/picture_library.h"
#include "support/picture_cases.h"

namespace aisle {
namespace {

using testing::HasSubstr;

constexpr PictureLimits kLimits{1 << 20, 1'000'000};

std::vector<std::uint8_t> room_for(const PictureFrame& frame) {
  return std::vector<std::uint8_t>(static_cast<std::size_t>(3 * frame.width * frame.height), 7);
}

class PictureRender : public testing::Test {
 protected:
  std::vector<std::uint8_t> render(const std::string& bytes, const PictureFrame& frame) const {
    std::vector<std::uint8_t> rgb = room_for(frame);
    const PictureResult result = library_.render(bytes, kLimits, frame, rgb);
    EXPECT_TRUE(result.info) << result.reason;
    return rgb;
  }

  PictureLibrary library_{AISLE_PICTURE_FILE};
};

void expect_close(const std::vector<std::uint8_t>& rgb, const PictureCase& expected) {
  ASSERT_EQ(rgb.size(), expected.pixels.size());
  int largest = 0;
  double sum = 0;
  for (std::size_t i = 0; i < rgb.size(); ++i) {
    const int difference = std::abs(rgb[i] - static_cast<std::uint8_t>(expected.pixels[i]));
    largest = std::max(largest, difference);
    sum += difference;
  }
  EXPECT_LE(largest, expected.largest) << expected.text();
  EXPECT_LE(sum / static_cast<double>(rgb.size()), expected.mean) << expected.text();
}

TEST_F(PictureRender, D5_EveryKindOfPictureIsWhatPillowMakesOfIt) {
  const std::vector<PictureCase> cases = picture_cases();
  ASSERT_GE(cases.size(), 60U);
  for (const PictureCase& one : cases) expect_close(render(picture_file(one.name), one.frame), one);
}

TEST_F(PictureRender, D5_SeveralThreadsGetTheSamePixels) {
  const std::vector<PictureCase> cases = picture_cases();
  std::vector<std::jthread> threads;
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = t; i < 3 * cases.size(); i += 3) {
        const PictureCase& one = cases[i % cases.size()];
        expect_close(render(picture_file(one.name), one.frame), one);
      }
    });
  }
}

TEST_F(PictureRender, D5_TheSizeIsTheStoredOneAndTheFormatIsFoundInTheBytes) {
  std::vector<std::uint8_t> rgb = room_for({});
  const PictureResult turned = library_.render(picture_file("turned6.jpg"), kLimits, {}, rgb);
  ASSERT_TRUE(turned.info) << turned.reason;
  EXPECT_EQ(turned.info->width, 90);
  EXPECT_EQ(turned.info->height, 60);
  EXPECT_EQ(turned.info->format, PictureFormat::kJpeg);
}

TEST_F(PictureRender, D5_ABadPictureIsAValueWithAReason) {
  std::vector<std::uint8_t> rgb = room_for({});
  const std::string whole = picture_file("plain.jpg");
  EXPECT_THAT(library_.render(whole.substr(0, whole.size() / 2), kLimits, {}, rgb).reason, HasSubstr("cut short"));
  EXPECT_THAT(library_.render(whole.substr(0, 30), kLimits, {}, rgb).reason, HasSubstr("does not say its size"));
  EXPECT_THAT(library_.render("%PDF-1.4", kLimits, {}, rgb).reason, HasSubstr("a PDF document"));
  EXPECT_THAT(library_.render("", kLimits, {}, rgb).reason, HasSubstr("empty"));
  EXPECT_THAT(library_.render(whole, {whole.size(), 90 * 60 - 1}, {}, rgb).reason, HasSubstr("90 x 60 pixels"));
}

TEST_F(PictureRender, D5_DamageOutsideOfTheCropIsRefusedToo) {
  const std::string whole = picture_file("tall.png");
  const PictureFrame middle{8, 8, PictureResize::kShortestSide, 24, PictureFilter::kBilinear};
  std::vector<std::uint8_t> rgb = room_for(middle);
  EXPECT_TRUE(library_.render(whole, kLimits, middle, rgb).info);
  EXPECT_FALSE(library_.render(whole.substr(0, whole.size() - 200), kLimits, middle, rgb).info);
}

TEST_F(PictureRender, D5_FramesThatCannotBeAreTheCallersError) {
  const std::string picture = picture_file("rgb.png");
  const auto attempt = [&](const PictureFrame& frame, std::size_t room) {
    std::vector<std::uint8_t> rgb(room);
    library_.render(picture, kLimits, frame, rgb);
  };
  EXPECT_NO_THROW(attempt({.width = 4, .height = 4, .resized = 4}, 48));
  EXPECT_THROW(attempt({.width = 4, .height = 4, .resized = 4}, 47), Error);
  EXPECT_THROW(attempt({.width = 0, .height = 4, .resized = 4}, 0), Error);
  EXPECT_THROW(attempt({.width = 4, .height = -1, .resized = 4}, 0), Error);
  EXPECT_THROW(attempt({.width = 4, .height = 4, .resized = 3}, 48), Error);
  EXPECT_THROW(attempt({.width = 4, .height = 4, .resized = 1 << 20}, 48), Error);
}

TEST(PictureFrame, D5_ACropFractionGivesTheResizedSide) {
  EXPECT_EQ(resized_side(224, 0.875), 256);
  EXPECT_EQ(resized_side(299, 0.8975), 333);
  EXPECT_EQ(resized_side(224, 1), 224);
  for (const double wrong : {0.0, -1.0, 1.01, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THROW(resized_side(224, wrong), Error);
}

}  // namespace
}  // namespace aisle
