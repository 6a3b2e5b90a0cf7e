// Safe pieces of HTML: escaped texts and figures as people read them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace aisle::report {

// For element contents and quoted attributes: & < > " ' become references, control characters other than line ends
// and tabs are dropped.
std::string escaped(std::string_view text);

// Escaped, and kept apart from its surroundings' writing direction; "none" in grey where empty.
std::string label_html(std::string_view label);
// Each label of `labels`, marked where `other` has it not.
std::string labels_html(std::span<const std::string> labels, std::span<const std::string> other);

std::string figure(double value);       // 0.795; a dash where undefined
std::string count(std::int64_t value);  // 50 912, with narrow no-break spaces
// At most `characters` code points, with an ellipsis where cut. Not escaped.
std::string shortened(std::string_view text, std::size_t characters);

}  // namespace aisle::report
