#include "featurize/picture_transform.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "core/error.h"
#include "support/picture_cases.h"

// GLib and libvips keep their types and thread data until the process ends, and are never unloaded.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libgobject-2.0\nleak:libglib-2.0\nleak:libvips.so\nleak:ld-linux\nleak:libMagick\nleak:libfontconfig\n";
}

namespace aisle {
namespace {

constexpr PictureTransform kSmall{.frame = {12, 8, PictureResize::kShortestSide, 16, PictureFilter::kBicubic}};

class PictureTransformTest : public testing::Test {
 protected:
  PictureLibrary library_{AISLE_PICTURE_FILE};
  PicturePreparer::Scratch scratch_;
};

TEST_F(PictureTransformTest, D5_TheTensorIsTorchvisions) {
  const PicturePreparer preparer(library_, kSmall);
  std::vector<float> tensor(preparer.size()), expected(preparer.size());
  const std::string bytes = picture_file("tensor.f32");
  ASSERT_EQ(bytes.size(), expected.size() * sizeof(float));
  std::memcpy(expected.data(), bytes.data(), bytes.size());
  ASSERT_TRUE(preparer.prepare(picture_file("rgb.png"), tensor, scratch_).info);
  constexpr float kOneLevel = 1.01F / 255 / 0.224F;  // a rounding may go the other way
  EXPECT_THAT(tensor, testing::Pointwise(testing::FloatNear(kOneLevel), expected));
  std::size_t equal = 0;
  for (std::size_t i = 0; i < tensor.size(); ++i) equal += std::abs(tensor[i] - expected[i]) < 1e-5F ? 1 : 0;
  EXPECT_GE(equal, tensor.size() * 98 / 100);
}

TEST_F(PictureTransformTest, D5_PicturesOfABatchLieOneAfterTheOther) {
  const PicturePreparer preparer(library_, kSmall);
  std::vector<float> alone(preparer.size()), batch(2 * preparer.size());
  const std::span<float> all(batch);
  ASSERT_TRUE(preparer.prepare(picture_file("plain.jpg"), alone, scratch_).info);
  ASSERT_TRUE(preparer.prepare(picture_file("rgb.png"), all.first(preparer.size()), scratch_).info);
  ASSERT_TRUE(preparer.prepare(picture_file("plain.jpg"), all.subspan(preparer.size()), scratch_).info);
  EXPECT_TRUE(std::equal(alone.begin(), alone.end(), batch.begin() + static_cast<std::ptrdiff_t>(preparer.size())));
}

TEST_F(PictureTransformTest, D5_ABadPictureIsAValueAndABadCallAnError) {
  const PicturePreparer preparer(library_, kSmall);
  std::vector<float> tensor(preparer.size());
  const PictureResult cut = preparer.prepare(picture_file("rgb.png").substr(0, 3000), tensor, scratch_);
  EXPECT_FALSE(cut.info);
  EXPECT_THAT(cut.reason, testing::HasSubstr("cut short"));
  tensor.pop_back();
  EXPECT_THROW(preparer.prepare(picture_file("rgb.png"), tensor, scratch_), Error);
}

TEST_F(PictureTransformTest, D5_TransformsThatCannotBeAreRefused) {
  const auto attempt = [this](auto change) {
    PictureTransform transform = kSmall;
    change(transform);
    PicturePreparer(library_, transform);
  };
  EXPECT_NO_THROW(attempt([](auto&) {}));
  EXPECT_THROW(attempt([](auto& t) { t.frame.resized = 7; }), Error);
  EXPECT_THROW(attempt([](auto& t) { t.deviation[1] = 0; }), Error);
  EXPECT_THROW(attempt([](auto& t) { t.mean[2] = std::numeric_limits<float>::infinity(); }), Error);
}

}  // namespace
}  // namespace aisle
