// Extended grapheme clusters (Unicode Standard Annex 29).
#pragma once

#include <cstddef>
#include <string_view>

namespace aisle::subword {

// The end of the cluster that starts at `at`, a boundary before the end of the text. Well-formed UTF-8; linear in the
// cluster. Thread-safe.
std::size_t grapheme_end(std::string_view text, std::size_t at);

}  // namespace aisle::subword
