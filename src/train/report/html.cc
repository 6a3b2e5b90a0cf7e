#include "train/report/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace aisle::report {

std::string escaped(std::string_view text) {
  std::string result;
  result.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default: {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 ? byte != 0x7F : c == '\n' || c == '\t') result += c;
      }
    }
  }
  return result;
}

std::string label_html(std::string_view label) {
  if (label.empty()) return "<i>none</i>";
  return "<bdi>" + escaped(label) + "</bdi>";
}

std::string labels_html(std::span<const std::string> labels, std::span<const std::string> other) {
  if (labels.empty()) return "<i>none</i>";
  std::string result;
  for (const std::string& label : labels) {
    const bool shared = std::find(other.begin(), other.end(), label) != other.end();
    result += (shared ? "<b>" : "<b class=off>") + label_html(label) + "</b> ";
  }
  return result;
}

std::string figure(double value) {
  return std::isnan(value) ? "\u2013" : fmt::format("{:.3f}", value);
}

std::string count(std::int64_t value) {
  std::string digits = std::to_string(value);
  for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > (value < 0 ? 1 : 0); i -= 3) {
    digits.insert(static_cast<std::size_t>(i), "\u202F");
  }
  return digits;
}

std::string shortened(std::string_view text, std::size_t characters) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;
    if (seen++ == characters) return std::string(text.substr(0, i)) + "\u2026";
  }
  return std::string(text);
}

}  // namespace aisle::report
