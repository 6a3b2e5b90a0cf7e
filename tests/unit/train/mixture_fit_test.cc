// The weights of a mixture, found again from answers that were drawn with known ones.
#include "train/mixture_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace aisle {
namespace {

using testing::ElementsAre;

TEST(MixtureFit, M6_FindsTheWeightsThatTheAnswersWereDrawnWith) {
  // Truth follows 0.8 * a + 0.2 * b exactly: each combination stands as often as that says.
  std::vector<TrainedMember> members(2);
  ItemTruth truth;
  truth.labels.add("x"), truth.labels.add("y");
  const double a[] = {0.9, 0.2}, b[] = {0.3, 0.8};
  for (const int i : {0, 1}) {
    for (const int j : {0, 1}) {
      const int of_x = static_cast<int>(std::lround(1000 * (0.8 * a[i] + 0.2 * b[j])));
      for (int n = 0; n < 1000; ++n) {
        truth.item_labels.push_back(n < of_x ? 0 : 1);
        truth.label_starts.push_back(static_cast<std::uint32_t>(truth.item_labels.size()));
        truth.keys.push_back(truth.keys.size());
        const double p[] = {a[i], b[j]};
        for (std::size_t m = 0; m < 2; ++m) {
          members[m].held_out.items.push_back(static_cast<std::uint32_t>(truth.keys.size() - 1));
          members[m].held_out.known.push_back(1);
          members[m].held_out.probabilities.push_back(static_cast<float>(p[m]));
          members[m].held_out.probabilities.push_back(static_cast<float>(1 - p[m]));
        }
      }
    }
  }
  const HeldOutPanel panel(members, truth.size(), 2);
  ASSERT_EQ(panel.size(), 4000U);
  std::vector<std::uint32_t> rows(4000);
  std::iota(rows.begin(), rows.end(), 0U);
  const std::vector<std::uint8_t> both = {1, 1}, second = {0, 1};
  const std::vector<float> weights = fit_mixture(panel, truth, rows, both, TaskKind::kCategory, {});
  EXPECT_NEAR(weights[0], 0.8, 0.02);
  EXPECT_NEAR(weights[0] + weights[1], 1, 1e-6);
  EXPECT_THAT(fit_mixture(panel, truth, rows, second, TaskKind::kCategory, {}), ElementsAre(0, 1));
  EXPECT_THAT(fit_mixture(panel, truth, {}, both, TaskKind::kCategory, {}), ElementsAre(0.5F, 0.5F));
}

}  // namespace
}  // namespace aisle
