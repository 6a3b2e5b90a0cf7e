// How sure the first model must be: what the limit costs, against a bootstrap, another count of F1 and known truths.
#include "train/cascade_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "train/metrics.h"
#include "train/paired_loss.h"

namespace aisle {
namespace {

CascadeItem item_of(float confidence, std::uint32_t truth, std::uint32_t first, std::uint32_t second,
                    std::uint64_t key) {
  return {confidence, key, {truth}, {first}, {second}};
}

// The second is always right; the first in its 60 surest answers of a hundred.
std::vector<CascadeItem> sure_of_the_first_part(int count) {
  std::vector<CascadeItem> items;
  for (int i = 0; i < count; ++i) {
    const auto truth = static_cast<std::uint32_t>(i % 2);
    items.push_back(item_of(1 - static_cast<float>(i) / static_cast<float>(count), truth,
                            i < count * 6 / 10 ? truth : 1 - truth, truth, static_cast<std::uint64_t>(i)));
  }
  return items;
}

CascadeLimit fitted(const std::vector<CascadeItem>& items, double max_loss) {
  return fit_cascade_limits(items, 2, TaskKind::kCategory, max_loss).back();
}

TEST(CascadeFit, M14_StopsWhereTheFirstModelWouldCostTooMuch) {
  std::vector<CascadeItem> items = sure_of_the_first_part(1000);
  const CascadeLimit exact = fitted(items, 0.003);
  EXPECT_FLOAT_EQ(exact.limit, 0.401F);  // of the 600th
  EXPECT_DOUBLE_EQ(exact.share, 0.6);
  EXPECT_DOUBLE_EQ(exact.score, 1);
  EXPECT_NEAR(exact.bound, (1 + kSureness) / 1000, 1e-12);  // of no difference
  // With two classes of equal size and answers that are wrong by turns, weighted F1 is the accuracy: at 0.66 sixty of a
  // thousand are lost.
  const CascadeLimit more = fitted(items, 0.08);
  EXPECT_NEAR(more.share, 0.66, 1e-9);
  EXPECT_NEAR(more.score, 0.94, 1e-9);
  EXPECT_NEAR(more.bound, 0.06 + (1 + kSureness * std::sqrt(1 + 1000 * 0.06 * 0.94)) / 1000, 1e-6);
  EXPECT_GT(fitted({}, 0.1).limit, 1);
  // What the first does not know it never answers.
  for (CascadeItem& item : items) item.confidence = -1;
  EXPECT_GT(fitted(items, 1).limit, 1);
}

TEST(CascadeFit, M14_FewItemsShowNothing) {
  EXPECT_GT(fitted(sure_of_the_first_part(880), 0.003).limit, 1);
  EXPECT_NEAR(fitted(sure_of_the_first_part(900), 0.003).share, 0.6, 1e-9);
}

TEST(CascadeFit, M14_TheFirstStepThatFailsEndsIt) {
  // The first tenth costs much, all of the rest wins it back: that is not looked at.
  std::vector<CascadeItem> items;
  for (int i = 0; i < 1000; ++i) {
    const auto truth = static_cast<std::uint32_t>(i % 2);
    items.push_back(item_of(1 - static_cast<float>(i) / 1000, truth, i < 100 ? 1 - truth : truth,
                            i < 100 ? truth : 1 - truth, static_cast<std::uint64_t>(i)));
  }
  EXPECT_GT(fitted(items, 0.003).limit, 1);
}

TEST(CascadeFit, M14_EquallySureAnswersStandOrFallTogether) {
  std::vector<CascadeItem> items = sure_of_the_first_part(1000);
  for (int i = 100; i < 700; ++i) items[static_cast<std::size_t>(i)].confidence = 0.8F;
  const CascadeLimit found = fitted(items, 0.003);
  EXPECT_NEAR(found.share, 0.1, 1e-9);
  EXPECT_GT(found.limit, 0.8F);
}

// Answers of two models that are right by chance, ever less the further down, the first a little less.
std::vector<CascadeItem> drawn(std::mt19937_64& random, int count) {
  std::uniform_real_distribution<double> chance(0, 1);
  std::vector<CascadeItem> items;
  for (int i = 0; i < count; ++i) {
    const double sure = chance(random);
    const auto truth = static_cast<std::uint32_t>(random() % 2);
    const bool same = chance(random) < 0.6 + 0.4 * sure;
    const bool second = chance(random) < 0.6 + 0.4 * sure;
    const bool first = same ? second : chance(random) < 0.5 + 0.45 * sure;
    items.push_back(item_of(static_cast<float>(sure), truth, first ? truth : 1 - truth, second ? truth : 1 - truth,
                            static_cast<std::uint64_t>(i)));
  }
  return items;
}

// What the first costs where it answers all that is surer than `limit`, exactly: the integral of
// (1 - same) * (right of the second - right of the first) = 0.4 (1 - s) * (0.1 - 0.05 s).
double true_loss(double limit) {
  const auto until = [](double s) { return 0.4 * (0.1 * s - 0.15 * s * s / 2 + 0.05 * s * s * s / 3); };
  return limit > 1 ? 0 : until(1) - until(limit);
}

TEST(CascadeFit, M14_TheLossIsRarelyAboveWhatWasAllowed) {
  std::mt19937_64 random(14);
  constexpr int kTrials = 400;
  constexpr double kMostLoss = 0.006;
  int above = 0;
  double share = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    const CascadeLimit found = fitted(drawn(random, 2000), kMostLoss);
    above += true_loss(found.limit) > kMostLoss ? 1 : 0;
    share += found.share / kTrials;
  }
  EXPECT_LE(above, kTrials * 8 / 100);  // 5 % are promised; three standard errors of the count more
  EXPECT_GT(share, 0.1);
}

struct Drawn {
  std::vector<std::vector<std::uint32_t>> truth, own, other;
  std::vector<PairedAnswers> pairs() const {
    std::vector<PairedAnswers> pairs;
    for (std::size_t i = 0; i < truth.size(); ++i) pairs.push_back({i / 2, truth[i], own[i], other[i]});
    return pairs;
  }
};

// Pairs of items that are alike; labels of very different frequency.
Drawn draw(std::mt19937_64& random, TaskKind kind, std::size_t pairs) {
  const auto label = [&] { return static_cast<std::uint32_t>(std::min(random() % 4, random() % 4)); };
  const auto labels = [&] {
    std::vector<std::uint32_t> some = {label()};
    if (kind == TaskKind::kTags && random() % 2 == 0) some.push_back(some[0] + 1);
    return some;
  };
  Drawn all;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const auto truth = labels(), own = random() % 3 == 0 ? labels() : truth,
               other = random() % 4 == 0 ? labels() : truth;
    for (int twin = 0; twin < 2; ++twin) {
      all.truth.push_back(truth);
      all.own.push_back(random() % 10 == 0 ? labels() : own);
      all.other.push_back(other);
    }
  }
  return all;
}

TEST(PairedLoss, M14_AgreesWithTheMeasuresAndWithABootstrapOverKeys) {
  std::mt19937_64 random(7);
  for (const TaskKind kind : {TaskKind::kCategory, TaskKind::kTags}) {
    const Drawn all = draw(random, kind, 500);
    const std::vector<PairedAnswers> pairs = all.pairs();
    const PairedLoss found = bound_loss(pairs, 5, kind);
    ClassCounts own(5), other(5);
    std::size_t labels = 0;
    for (const PairedAnswers& pair : pairs) {
      own.add(pair.truth, pair.own);
      other.add(pair.truth, pair.other);
      labels += pair.truth.size() + pair.other.size();
    }
    const bool tags = kind == TaskKind::kTags;
    EXPECT_NEAR(found.score, tags ? own.micro_f1() : own.weighted_f1(), 1e-12);
    EXPECT_NEAR(found.other_score, tags ? other.micro_f1() : other.weighted_f1(), 1e-12);
    double sum = 0, squares = 0;
    constexpr int kDraws = 1000;
    for (int draw = 0; draw < kDraws; ++draw) {
      std::vector<PairedAnswers> again;
      for (std::size_t i = 0; i < 500; ++i) {
        const std::size_t pair = random() % 500;
        again.push_back(pairs[2 * pair]);
        again.push_back(pairs[2 * pair + 1]);
      }
      const PairedLoss one = bound_loss(again, 5, kind);
      sum += one.other_score - one.score;
      squares += (one.other_score - one.score) * (one.other_score - one.score);
    }
    const double error = std::sqrt(squares / kDraws - sum / kDraws * (sum / kDraws));
    const double unit = tags ? 2 * 1000.0 / static_cast<double>(labels) : 1;
    const double spread = (found.bound - (found.other_score - found.score) - unit / 1000) / kSureness;
    EXPECT_NEAR(spread / error, 1, 0.1);
  }
}

TEST(PairedLoss, M14_NothingIsBoundedWithoutItems) {
  EXPECT_EQ(bound_loss({}, 3, TaskKind::kCategory).bound, 1);
}

}  // namespace
}  // namespace aisle
