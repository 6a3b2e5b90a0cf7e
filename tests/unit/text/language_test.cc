#include "text/language.h"

#include <gtest/gtest.h>

namespace aisle {
namespace {

// The first article of the Universal Declaration of Human Rights, as the United Nations publish it.
TEST(Language, D2_TheFirstArticleIsKnownInManyLanguages) {
  const std::pair<const char*, const char*> articles[] = {
      {"en",
       "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience "
       "and should act towards one another in a spirit of brotherhood."},
      {"fr",
       "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de "
       "conscience et doivent agir les uns envers les autres dans un esprit de fraternité."},
      {"de",
       "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und "
       "sollen einander im Geist der Brüderlichkeit begegnen."},
      {"es",
       "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón y "
       "conciencia, deben comportarse fraternalmente los unos con los otros."},
      {"it",
       "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti. Essi sono dotati di ragione e di "
       "coscienza e devono agire gli uni verso gli altri in spirito di fratellanza."},
      {"ru",
       "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны "
       "поступать в отношении друг друга в духе братства."},
      {"el",
       "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι προικισμένοι με "
       "λογική και συνείδηση."},
      {"ja",
       "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを授け"
       "られており、互いに同胞の精神をもって行動しなければならない。"}};
  for (const auto& [code, article] : articles) {
    const Language language = detect_language(article);
    EXPECT_EQ(language.code, code);
    EXPECT_TRUE(language.reliable) << code;
  }
}

TEST(Language, D2_WhatIsNoLanguageIsUnknown) {
  EXPECT_EQ(detect_language("").code, "un");
  EXPECT_FALSE(detect_language("12345 67890").reliable);
  EXPECT_EQ(detect_language("\xFF\xFE").code, "un");
  EXPECT_FALSE(detect_language("XJ-200").reliable);
}

TEST(Language, D2_TwoLanguagesInOneTextAreNotReliable) {
  const std::string french =
      "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de "
      "conscience. ";
  const std::string german =
      "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt. ";
  EXPECT_TRUE(detect_language(french + french).reliable);
  EXPECT_FALSE(detect_language(french + german).reliable);
}

}  // namespace
}  // namespace aisle
