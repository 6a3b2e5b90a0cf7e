#include "model/frozen/word_effects.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace aisle {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";

}  // namespace

WordEffects::WordEffects(const ItemView& item, std::span<const std::string> fields)
    : texts_(item.texts.begin(), item.texts.end()), fields_(fields.begin(), fields.end()) {
  for (std::size_t field = 0; field < texts_.size(); ++field) {
    const std::string& text = texts_[field];
    for (std::size_t at = text.find_first_not_of(kSpaces); at != std::string::npos && words_.size() < kMaxWords;) {
      const std::size_t end = std::min(text.find_first_of(kSpaces, at), text.size());
      words_.push_back({field, at, end - at});
      at = text.find_first_not_of(kSpaces, end);
    }
  }
}

std::vector<std::string> WordEffects::variant(std::size_t i) const {
  std::vector<std::string> texts = texts_;
  if (i > 0) texts[words_[i - 1].field].erase(words_[i - 1].begin, words_[i - 1].size);
  return texts;
}

std::vector<Evidence> WordEffects::evidence(std::span<const float> log_odds, std::size_t limit) const {
  std::vector<Evidence> found;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const Word& word = words_[i];
    const std::string text = texts_[word.field].substr(word.begin, word.size);
    const double effect = static_cast<double>(log_odds[0]) - log_odds[i + 1];
    const auto known = std::ranges::find_if(
        found, [&](const Evidence& one) { return one.text == text && one.field == fields_[word.field]; });
    if (known == found.end()) {
      found.push_back({fields_[word.field], text, effect});
    } else {
      known->weight += effect;
    }
  }
  std::ranges::stable_sort(
      found, [](const Evidence& a, const Evidence& b) { return std::abs(a.weight) > std::abs(b.weight); });
  if (found.size() > limit) found.resize(limit);
  return found;
}

}  // namespace aisle
