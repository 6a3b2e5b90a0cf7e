#include <gtest/gtest.h>

#include <cmath>

#include "model/classifier.h"

namespace aisle {
namespace {

ModelCard card(TaskKind kind, std::size_t labels) {
  ModelCard card;
  card.kind = kind;
  card.labels.resize(labels);
  card.rule.sure_limit = 0.6F;
  card.rule.tag_limits.assign(labels, 0.5F);
  return card;
}

TEST(Decide, M10_CategoryIsSureFromTheLimitOn) {
  Prediction out;
  decide(card(TaskKind::kCategory, 3), std::vector<float>{0.1F, 0.6F, 0.3F}, 2, out);
  ASSERT_EQ(out.labels.size(), 2U);
  EXPECT_EQ(out.labels[0].label, 1U);
  EXPECT_TRUE(out.labels[0].selected);
  EXPECT_FALSE(out.labels[1].selected);
  EXPECT_EQ(out.decision, Decision::kSure);
  decide(card(TaskKind::kCategory, 3), std::vector<float>{0.2F, 0.5F, 0.3F}, 9, out);
  EXPECT_EQ(out.labels.size(), 3U);
  EXPECT_EQ(out.decision, Decision::kUnsure);
}

TEST(Decide, M10_WhatIsNotKnownIsUnsureHoweverFrequentALabelIs) {
  Prediction out;
  decide(card(TaskKind::kCategory, 2), std::vector<float>{0.95F, 0.05F}, 2, out, false);
  EXPECT_EQ(out.decision, Decision::kUnsure);
  EXPECT_EQ(out.labels[0].label, 0U);
  decide(card(TaskKind::kTags, 2), std::vector<float>{0.95F, 0.05F}, 2, out, false);
  EXPECT_EQ(out.decision, Decision::kUnsure);
  for (const LabelScore& score : out.labels) EXPECT_FALSE(score.selected);
}

TEST(Decide, EqualProbabilitiesKeepTheLabelsOrder) {
  Prediction out;
  decide(card(TaskKind::kCategory, 3), std::vector<float>{0.3F, 0.4F, 0.3F}, 3, out);
  EXPECT_EQ(out.labels[1].label, 0U);
  EXPECT_EQ(out.labels[2].label, 2U);
}

TEST(Decide, TagsKeepEverySelectedOneHoweverWeak) {
  ModelCard tags = card(TaskKind::kTags, 4);
  tags.rule.tag_limits = {0.9F, 0.05F, 0.5F, 0.5F};
  Prediction out;
  decide(tags, std::vector<float>{0.8F, 0.1F, 0.7F, 0.2F}, 1, out);
  ASSERT_EQ(out.labels.size(), 2U);  // both selected, although label 0 is likelier
  EXPECT_EQ(out.labels[0].label, 2U);
  EXPECT_EQ(out.labels[1].label, 1U);
  EXPECT_EQ(out.decision, Decision::kSure);
  decide(tags, std::vector<float>{0.8F, 0.01F, 0.3F, 0.2F}, 2, out);
  ASSERT_EQ(out.labels.size(), 2U);
  EXPECT_EQ(out.labels[0].label, 0U);
  EXPECT_FALSE(out.labels[0].selected);
  EXPECT_EQ(out.decision, Decision::kUnsure);
}

TEST(Decide, NotANumberCountsAsZero) {
  Prediction out;
  decide(card(TaskKind::kCategory, 3), std::vector<float>{NAN, 0.7F, NAN}, 3, out);
  EXPECT_EQ(out.labels[0].label, 1U);
  EXPECT_EQ(out.labels[2].probability, 0);
}

}  // namespace
}  // namespace aisle
