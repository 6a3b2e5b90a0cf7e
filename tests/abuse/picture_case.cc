#include "abuse/picture_case.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <utility>
#include <vector>

#include "abuse/guarded_case.h"
#include "abuse/resident_meter.h"
#include "domain/limits.h"
#include "picture/picture_library.h"

namespace aisle::abuse::picture {
namespace {

constexpr PictureLimits kLimits{limits::kPictureBytes, limits::kPicturePixels};
constexpr PictureFrame kFrame{
    .width = 32, .height = 32, .resize = PictureResize::kSquash, .resized = 36, .filter = PictureFilter::kBicubic};
constexpr std::uint8_t kUntouched = 0xA5;

const PictureLibrary& library() {
  static const PictureLibrary opened(AISLE_PICTURE_FILE);
  return opened;
}

void expect_answer(const PictureResult& result, const Expected& expected) {
  EXPECT_NE(result.info.has_value(), !result.reason.empty());
  if (!result.info) expect_clear_message(result.reason);
  if (expected.answer == Expected::Answer::kRight) {
    EXPECT_TRUE(result.info) << result.reason;
  }
  if (expected.answer != Expected::Answer::kRefused) return;
  EXPECT_FALSE(result.info) << "is accepted";
  EXPECT_NE(result.reason.find(expected.reason), std::string::npos)
      << "says '" << result.reason << "', not '" << expected.reason << "'";
}

void expect_pixels(const std::vector<std::uint8_t>& rgb, const Expected& expected) {
  if (!expected.grey) return;
  int largest = 0;
  for (const std::uint8_t value : rgb) largest = std::max(largest, std::abs(value - *expected.grey));
  EXPECT_LE(largest, 2) << "the wrong colour";
}

void run(const std::string& bytes, const Expected& expected) {
  ASSERT_TRUE(reset_resident_peak());
  const std::size_t before = resident_now();
  std::vector<std::uint8_t> rgb(std::size_t{3} * 32 * 32, kUntouched);
  const PictureResult rendered = library().render(bytes, kLimits, kFrame, rgb);
  const PictureResult probed = library().probe(bytes, kLimits);
  expect_answer(rendered, expected);
  if (rendered.info) expect_pixels(rgb, expected);
  EXPECT_EQ(rendered.info.has_value(), probed.info.has_value()) << rendered.reason << " / " << probed.reason;
  EXPECT_LE(resident_peak() - std::min(before, resident_peak()), expected.peak_bytes) << "resident bytes";
}

}  // namespace

Expected refused(std::string reason) {
  return {.answer = Expected::Answer::kRefused, .reason = std::move(reason)};
}

Expected right(std::optional<unsigned char> grey) {
  return {.answer = Expected::Answer::kRight, .grey = grey};
}

Expected perhaps() {
  return {};
}

void add_picture_case(const std::string& suite, const std::string& name, std::function<std::string()> make,
                      const Expected& expected) {
  add_case(suite, name, [name, make = std::move(make), expected] {
    const std::string bytes = make();
    const Bounds bounds{.seconds = expected.seconds, .peak_bytes = std::size_t{64} << 20};
    run_guarded(name, bounds, [&] { run(bytes, expected); });
  });
}

}  // namespace aisle::abuse::picture
