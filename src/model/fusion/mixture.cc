#include "model/fusion/mixture.h"

#include <algorithm>
#include <cmath>

namespace aisle {
namespace {

constexpr float kLeast = 1e-7F;

}  // namespace

std::size_t count_cases(std::span<const std::uint8_t> pictures) {
  const auto of_pictures = static_cast<std::size_t>(std::ranges::count(pictures, 1));
  return of_pictures == 0 || of_pictures == pictures.size() ? 1 : 3;
}

bool has_member(Present present, bool reads_pictures) {
  return present == Present::kEverything || (present == Present::kPictures) == reads_pictures;
}

Present present_parts(std::span<const std::uint8_t> pictures, std::span<const std::uint8_t> known) {
  if (count_cases(pictures) == 1) return Present::kEverything;
  bool texts = false, picture = false;
  for (std::size_t m = 0; m < known.size(); ++m) (pictures[m] != 0 ? picture : texts) |= known[m] != 0;
  if (texts == picture) return Present::kEverything;
  return texts ? Present::kTexts : Present::kPictures;
}

void to_scores(TaskKind kind, std::span<float> probabilities) {
  for (float& p : probabilities) {
    const float kept = p > kLeast ? std::min(p, 1 - kLeast) : kLeast;  // not a number counts as 0
    p = kind == TaskKind::kCategory ? std::log(kept) : std::log(kept / (1 - kept));
  }
}

void mixture_shares(std::span<const std::uint8_t> known, std::span<float> weights) {
  float sum = 0, count = 0;
  for (std::size_t m = 0; m < weights.size(); ++m) {
    sum += known[m] != 0 ? weights[m] : 0;
    count += known[m] != 0 ? 1 : 0;
  }
  for (std::size_t m = 0; m < weights.size(); ++m) {
    if (known[m] == 0) {
      weights[m] = 0;
    } else {
      weights[m] = sum > 0 ? weights[m] / sum : 1 / count;
    }
  }
}

void mix(std::span<const float> shares, std::span<const std::span<const float>> members, std::span<float> out) {
  std::ranges::fill(out, 0.0F);
  for (std::size_t m = 0; m < members.size(); ++m) {
    if (shares[m] == 0) continue;
    for (std::size_t k = 0; k < out.size(); ++k) out[k] += shares[m] * members[m][k];
  }
}

}  // namespace aisle
