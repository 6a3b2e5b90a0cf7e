#include "validate/language_watch.h"

#include <gtest/gtest.h>

namespace aisle {
namespace {

TEST(LanguageWatch, D2_ALanguageThatHardlyAnyItemHasIsUnexpected) {
  LanguageWatch watch({});
  for (int i = 0; i < 200; ++i) EXPECT_FALSE(watch.is_unexpected({"fr", true}));
  EXPECT_TRUE(watch.is_unexpected({"ru", true}));
  EXPECT_FALSE(watch.is_unexpected({"ru", false}));
  EXPECT_FALSE(watch.is_unexpected({}));
  EXPECT_FALSE(watch.is_unexpected({"fr", true}));
  EXPECT_EQ(watch.counts(), (std::map<std::string, std::int64_t>{{"fr", 201}, {"ru", 1}, {"un", 2}}));
}

TEST(LanguageWatch, D2_AMixedCatalogueIsExpected) {
  LanguageWatch watch({});
  int warnings = 0;
  for (int i = 0; i < 3000; ++i)
    warnings += watch.is_unexpected({i % 20 == 0 ? "de" : i % 3 == 0 ? "en" : "fr", true}) ? 1 : 0;
  EXPECT_EQ(warnings, 0);
}

TEST(LanguageWatch, D2_ALanguageThatComesLateIsSoonExpected) {
  LanguageWatch watch({});
  for (int i = 0; i < 5000; ++i) watch.is_unexpected({"fr", true});
  int warnings = 0;
  for (int i = 0; i < 1000; ++i) warnings += watch.is_unexpected({"de", true}) ? 1 : 0;
  EXPECT_GT(warnings, 0);
  EXPECT_LE(warnings, 60);
}

TEST(LanguageWatch, D2_WhatIsConfiguredCounts) {
  LanguageWatch watch({"fr", "en"});
  EXPECT_FALSE(watch.is_unexpected({"en", true}));
  EXPECT_TRUE(watch.is_unexpected({"de", true}));
  for (int i = 0; i < 500; ++i) EXPECT_TRUE(watch.is_unexpected({"de", true}));
}

}  // namespace
}  // namespace aisle
