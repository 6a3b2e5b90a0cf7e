#include "featurize/subword/graphemes.h"

#include <unicode/uchar.h>

#include "featurize/subword/code_points.h"

namespace aisle::subword {
namespace {

int break_class(char32_t c) {
  return u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_GRAPHEME_CLUSTER_BREAK);
}

bool is_pictograph(char32_t c) {
  return c >= 0xA9 && u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_EXTENDED_PICTOGRAPHIC) != 0;
}

bool is_break(int kind) {
  return kind == U_GCB_CR || kind == U_GCB_LF || kind == U_GCB_CONTROL;
}

// Rules GB6 to GB8: parts of one Hangul syllable.
bool joins_hangul(int left, int right) {
  if (left == U_GCB_L) return right == U_GCB_L || right == U_GCB_V || right == U_GCB_LV || right == U_GCB_LVT;
  if (left == U_GCB_LV || left == U_GCB_V) return right == U_GCB_V || right == U_GCB_T;
  return (left == U_GCB_LVT || left == U_GCB_T) && right == U_GCB_T;
}

// What came before in the cluster.
struct State {
  int last = 0;
  bool picture = false;         // a pictograph and what extends it
  bool picture_joiner = false;  // the same, then a zero-width joiner
  bool one_flag_half = false;   // an odd number of regional indicators

  explicit State(char32_t first) { add(first, break_class(first)); }

  // GB3 to GB13.
  bool joins(char32_t next, int kind) const {
    if (last == U_GCB_CR && kind == U_GCB_LF) return true;
    if (is_break(last) || is_break(kind)) return false;
    if (joins_hangul(last, kind)) return true;
    if (kind == U_GCB_EXTEND || kind == U_GCB_ZWJ || kind == U_GCB_SPACING_MARK || last == U_GCB_PREPEND) return true;
    if (picture_joiner && is_pictograph(next)) return true;
    return kind == U_GCB_REGIONAL_INDICATOR && last == U_GCB_REGIONAL_INDICATOR && one_flag_half;
  }

  void add(char32_t c, int kind) {
    picture_joiner = picture && kind == U_GCB_ZWJ;
    picture = is_pictograph(c) || (picture && kind == U_GCB_EXTEND);
    one_flag_half = kind == U_GCB_REGIONAL_INDICATOR && !one_flag_half;
    last = kind;
  }
};

}  // namespace

std::size_t grapheme_end(std::string_view text, std::size_t at) {
  State state(next_code_point(text, at));
  while (at < text.size()) {
    std::size_t next = at;
    const char32_t c = next_code_point(text, next);
    const int kind = break_class(c);
    if (!state.joins(c, kind)) break;
    state.add(c, kind);
    at = next;
  }
  return at;
}

}  // namespace aisle::subword
