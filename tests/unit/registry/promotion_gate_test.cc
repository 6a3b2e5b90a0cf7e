#include "registry/promotion_gate.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace aisle {
namespace {

Contender contender(std::int64_t version, double weighted_f1, double micro_f1) {
  Contender result{version, 4, 5091, {}};
  result.measures.weighted_f1 = weighted_f1;
  result.measures.micro_f1 = micro_f1;
  return result;
}

TEST(PromotionGate, M12_CategoryComparesWeightedF1AndTagsMicroF1) {
  const Contender candidate = contender(3, 0.81, 0.60), production = contender(2, 0.79, 0.70);
  const GateVerdict category = compare(TaskKind::kCategory, candidate, production);
  EXPECT_TRUE(category.better);
  EXPECT_EQ(category.candidate, 3);
  EXPECT_EQ(category.production, 2);
  EXPECT_EQ(category.words,
            "version 3 has weighted F1 0.8100, version 2 (production) 0.7900, on 5091 items of snapshot 4");
  EXPECT_FALSE(compare(TaskKind::kTags, candidate, production).better);
  EXPECT_EQ(compare(TaskKind::kTags, candidate, production).measure, "micro F1");
}

TEST(PromotionGate, M12_EqualIsNotBetter) {
  EXPECT_FALSE(compare(TaskKind::kCategory, contender(3, 0.8, 0), contender(2, 0.8, 0)).better);
}

TEST(PromotionGate, M12_UndefinedIsNotBetter) {
  const GateVerdict verdict = compare(TaskKind::kCategory, contender(3, kUndefined, 0), contender(2, kUndefined, 0));
  EXPECT_FALSE(verdict.better);
  EXPECT_NE(verdict.words.find("undefined"), std::string::npos);
}

TEST(PromotionGate, WordsTellCloseScoresApart) {
  const GateVerdict verdict = compare(TaskKind::kCategory, contender(3, 0.800001, 0), contender(2, 0.800002, 0));
  EXPECT_NE(verdict.words.find("0.800001"), std::string::npos);
  EXPECT_NE(verdict.words.find("0.800002"), std::string::npos);
}

TEST(PromotionGate, M12_RefusesToCompareOverDifferentItems) {
  Contender other = contender(3, 0.9, 0.9);
  other.snapshot = 5;
  EXPECT_THROW(compare(TaskKind::kCategory, other, contender(2, 0.8, 0.8)), Error);
}

}  // namespace
}  // namespace aisle
