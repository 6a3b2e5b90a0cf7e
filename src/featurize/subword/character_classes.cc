#include "featurize/subword/character_classes.h"

#include <unicode/uchar.h>

#include <cstdint>

namespace aisle::subword {
namespace {

UChar32 icu(char32_t c) {
  return static_cast<UChar32>(c);
}

std::uint32_t category(char32_t c) {
  return U_GET_GC_MASK(icu(c));
}

bool is_known_in(char32_t c, int version) {
  if (c < 0x80) return true;
  UVersionInfo age;
  u_charAge(icu(c), age);
  return age[0] < version || (age[0] == version && age[1] == 0);
}

}  // namespace

bool is_space(char32_t c) {
  return u_isUWhiteSpace(icu(c)) != 0;
}

bool is_letter(char32_t c) {
  return (category(c) & U_GC_L_MASK) != 0;
}

bool is_number(char32_t c) {
  return (category(c) & U_GC_N_MASK) != 0;
}

bool is_word(char32_t c) {
  return (category(c) & (U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK)) != 0 || u_isUAlphabetic(icu(c)) != 0 ||
         u_hasBinaryProperty(icu(c), UCHAR_JOIN_CONTROL) != 0;
}

bool is_punctuation(char32_t c) {
  if (c < 0x80) return c > 0x20 && c < 0x7F && (category(c) & (U_GC_L_MASK | U_GC_N_MASK)) == 0;
  if (c == 0x166D || c == 0x111C9) return true;  // changed their category since
  return (category(c) & U_GC_P_MASK) != 0 && is_known_in(c, 8);
}

bool is_control(char32_t c) {
  if (c == '\t' || c == '\n' || c == '\r') return false;
  return (category(c) & (U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK)) != 0 && is_known_in(c, 8);
}

bool is_ideograph(char32_t c) {
  return (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
         (c >= 0x2F800 && c <= 0x2FA1F);
}

bool is_nonspacing_mark(char32_t c) {
  if (c == 0x1734) return true;                                                 // changed since
  if (c == 0x1885 || c == 0x1886 || c == 0xA9BD || c == 0x111C9) return false;  // likewise
  return (category(c) & U_GC_MN_MASK) != 0 && is_known_in(c, 8);
}

bool is_combining_mark(char32_t c) {
  if (c == 0x1CF2 || c == 0x1CF3) return true;  // changed since
  if (c == 0x111C9) return false;               // likewise
  return (category(c) & U_GC_M_MASK) != 0 && is_known_in(c, 9);
}

bool is_normalized(char32_t c) {
  return is_known_in(c, 9);
}

char32_t simple_lower(char32_t c) {
  return static_cast<char32_t>(u_tolower(icu(c)));
}

}  // namespace aisle::subword
