#include "picture/vips/resample.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <utility>

// Compiled for several processors; the loader picks the best one.
#define AISLE_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))

namespace aisle {
namespace {

double bilinear(double x) {
  return std::max(0.0, 1 - std::abs(x));
}

double bicubic(double x) {
  constexpr double kA = -0.5;
  x = std::abs(x);
  if (x < 1) return ((kA + 2) * x - (kA + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * kA : 0;
}

double sinc(double x) {
  return x == 0 ? 1 : std::sin(x * std::numbers::pi) / (x * std::numbers::pi);
}

double lanczos(double x) {
  return std::abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
}

struct Kernel {
  double (*weight)(double);
  double radius;
};

Kernel kernel_of(PictureFilter filter) {
  switch (filter) {
    case PictureFilter::kBilinear:
      return {bilinear, 1};
    case PictureFilter::kBicubic:
      return {bicubic, 2};
    case PictureFilter::kLanczos:
      return {lanczos, 3};
  }
  return {bilinear, 1};
}

using Bytes = std::uint8_t __attribute__((vector_size(4)));
using Whole = std::int32_t __attribute__((vector_size(16)));

// The nearest of 0 to 255.
Whole nearest(Pixel pixel) {
  constexpr Pixel kLeast = {}, kMost = {255, 255, 255, 255};
  pixel += 0.5F;
  pixel = pixel < kLeast ? kLeast : pixel;
  pixel = pixel > kMost ? kMost : pixel;
  return __builtin_convertvector(pixel, Whole);
}

AISLE_CLONES void weigh_row(const Pixel* row, const Taps& taps, Pixel* result) {
  const int origin = taps.first(0);
  for (int x = 0; x < taps.count(); ++x) {
    const Pixel* const source = row + (taps.first(x) - origin);
    const float* const weights = taps.weights(x);
    const int count = taps.end(x) - taps.first(x);
    Pixel even{}, odd{};  // two sums, so that one need not wait for the other
    int i = 0;
    for (; i + 1 < count; i += 2) {
      even += weights[i] * source[i];
      odd += weights[i + 1] * source[i + 1];
    }
    if (i < count) even += weights[i] * source[i];
    result[x] = __builtin_convertvector(nearest(even + odd), Pixel);
  }
}

AISLE_CLONES void add_weighed(const Pixel* row, float weight, int count, Pixel* sums) {
  for (int x = 0; x < count; ++x) sums[x] += weight * row[x];
}

AISLE_CLONES void store_row(const Pixel* sums, int count, std::uint8_t* channels) {
  for (int x = 0; x < count; ++x, channels += 4) {
    const Bytes bytes = __builtin_convertvector(nearest(sums[x]), Bytes);
    std::memcpy(channels, &bytes, 4);
  }
}

}  // namespace

Taps::Taps(const Window& window, PictureFilter filter) {
  const Kernel kernel = kernel_of(filter);
  const double scale = window.extent / window.resized;
  const double stretch = std::max(scale, 1.0);
  const double radius = kernel.radius * stretch;
  widest_ = static_cast<std::size_t>(std::ceil(radius)) * 2 + 1;
  weights_.resize(widest_ * static_cast<std::size_t>(window.count));
  for (int target = 0; target < window.count; ++target) {
    const double centre = (window.first + target + 0.5) * scale;
    const int low = std::clamp(static_cast<int>(centre - radius + 0.5), 0, window.source - 1);
    const int high = std::clamp(static_cast<int>(centre + radius + 0.5), low + 1, window.source);
    float* const weights = weights_.data() + static_cast<std::size_t>(target) * widest_;
    double sum = 0;
    for (int i = low; i < high; ++i) sum += kernel.weight((i + 0.5 - centre) / stretch);
    for (int i = low; i < high; ++i)
      weights[i - low] = static_cast<float>(kernel.weight((i + 0.5 - centre) / stretch) / sum);
    first_.push_back(low);
    size_.push_back(high - low);
  }
}

int Taps::most_at_once() const {
  int most = 1, oldest = 0;
  for (int target = 0; target < count(); ++target) {
    while (end(oldest) <= first(target)) ++oldest;
    most = std::max(most, target - oldest + 1);
  }
  return most;
}

Resampler::Resampler(const Window& columns, const Window& rows, PictureFilter filter)
    : columns_(columns, filter),
      rows_(rows, filter),
      open_rows_(rows_.most_at_once()),
      row_(static_cast<std::size_t>(columns_.count())),
      sums_(row_.size() * static_cast<std::size_t>(open_rows_)),
      result_(4 * row_.size() * static_cast<std::size_t>(rows_.count())) {}

void Resampler::finish(int target) {
  store_row(sums_of(target), columns_.count(), result_.data() + static_cast<std::size_t>(target) * row_.size() * 4);
  std::fill_n(sums_of(target), row_.size(), Pixel{});
}

void Resampler::add(int y, const Pixel* row) {
  weigh_row(row, columns_, row_.data());
  while (done_ < rows_.count() && rows_.end(done_) <= y) finish(done_++);
  for (int target = done_; target < rows_.count() && rows_.first(target) <= y; ++target)
    add_weighed(row_.data(), rows_.weights(target)[y - rows_.first(target)], columns_.count(), sums_of(target));
}

std::vector<std::uint8_t> Resampler::take(int count) {
  while (done_ < rows_.count()) finish(done_++);
  const std::size_t pixels = result_.size() / 4;
  for (std::size_t i = 0; i < pixels; ++i)
    for (std::size_t c = 0; c < static_cast<std::size_t>(count); ++c)
      result_[i * static_cast<std::size_t>(count) + c] = result_[4 * i + c];
  result_.resize(pixels * static_cast<std::size_t>(count));
  return std::move(result_);
}

}  // namespace aisle
