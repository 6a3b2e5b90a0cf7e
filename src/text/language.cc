#include "text/language.h"

#include <cld2/public/compact_lang_det.h>

#include "text/unicode.h"

namespace aisle {
namespace {

constexpr std::size_t kMaxBytes = 1000;
constexpr int kNearlyAllPercent = 80;

}  // namespace

Language detect_language(std::string_view text) {
  text = truncate_bytes(text, kMaxBytes);
  if (text.empty() || find_utf8_fault(text)) return {};
  CLD2::Language languages[3];
  int percents[3];
  int bytes = 0;
  bool reliable = false;
  const CLD2::Language best = CLD2::DetectLanguageSummary(text.data(), static_cast<int>(text.size()), true, languages,
                                                          percents, &bytes, &reliable);
  if (best == CLD2::UNKNOWN_LANGUAGE) return {};
  return {CLD2::LanguageCode(best), reliable && languages[0] == best && percents[0] >= kNearlyAllPercent};
}

}  // namespace aisle
