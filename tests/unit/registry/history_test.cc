#include "registry/history.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace aisle {
namespace {

// A record that grows as a registry would write it; newest first, as the store lists it.
class Record {
 public:
  Record& make(const std::string& action, std::int64_t version) {
    const std::int64_t before = promotions_.empty() ? 0 : promotions_.front().version;
    promotions_.insert(promotions_.begin(), Promotion{version, before, "ann", 0, action, ""});
    return *this;
  }
  Record& back() { return make("rollback", previous().value()); }
  std::optional<std::int64_t> previous() const { return previous_production(promotions_); }
  std::int64_t production() const { return promotions_.front().version; }

 private:
  std::vector<Promotion> promotions_;
};

TEST(History, M12_FirstProductionHasNoneBefore) {
  EXPECT_EQ(previous_production({}), std::nullopt);
  EXPECT_EQ(Record().make("first", 1).previous(), std::nullopt);
}

TEST(History, M12_RollingBackTwiceGoesOneFurtherBack) {
  Record record;
  record.make("first", 1).make("promote", 2).make("force", 3);
  EXPECT_EQ(record.previous(), 2);
  EXPECT_EQ(record.back().previous(), 1);
  EXPECT_EQ(record.back().previous(), std::nullopt);
  EXPECT_EQ(record.production(), 1);
}

TEST(History, M12_WhatWasRolledBackIsNotGoneBackTo) {
  Record record;
  record.make("first", 1).make("promote", 2).make("promote", 3).back().make("promote", 4);
  EXPECT_EQ(record.previous(), 2);
  EXPECT_EQ(record.back().back().production(), 1);
}

TEST(History, M12_VersionMayBeProductionMoreThanOnce) {
  Record record;
  record.make("first", 1).make("promote", 2).make("force", 1).make("promote", 3);
  EXPECT_EQ(record.back().production(), 1);
  EXPECT_EQ(record.back().production(), 2);
  EXPECT_EQ(record.back().production(), 1);
  EXPECT_EQ(record.previous(), std::nullopt);
}

TEST(History, RecordThatBeginsLateKnowsWhatItReplaced) {
  const std::vector<Promotion> promotions = {{5, 4, "ann", 0, "promote", ""}};
  EXPECT_EQ(previous_production(promotions), 4);
}

TEST(History, RecordWithAGapIsReadAsFarAsItGoes) {
  const std::vector<Promotion> lone = {{2, 0, "ann", 0, "rollback", ""}};
  EXPECT_EQ(previous_production(lone), std::nullopt);
  const std::vector<Promotion> skipping = {{1, 3, "ann", 0, "rollback", ""},
                                           {3, 2, "ann", 0, "promote", ""},
                                           {2, 1, "ann", 0, "promote", ""},
                                           {1, 0, "ann", 0, "first", ""}};
  EXPECT_EQ(previous_production(skipping), std::nullopt);
}

}  // namespace
}  // namespace aisle
