// What a word does to an answer of a network that cannot be read: the text with that word left out is answered as well,
// and the difference is the word's effect (occlusion: Zeiler, Fergus 2014; on words: Li, Monroe, Jurafsky 2016).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "domain/item.h"
#include "domain/prediction.h"

namespace aisle {

class WordEffects {
 public:
  // Words are what white space separates; the first kMaxWords of the item.
  static constexpr std::size_t kMaxWords = 64;
  WordEffects(const ItemView& item, std::span<const std::string> fields);

  // Variant 0 is the item as it is, variant i is without word i - 1.
  std::size_t variants() const { return words_.size() + 1; }
  std::vector<std::string> variant(std::size_t i) const;

  // log_odds: [variants] of the explained label. Strongest first; a word that is there twice in a field counts once,
  // with the sum of its effects.
  std::vector<Evidence> evidence(std::span<const float> log_odds, std::size_t limit) const;

 private:
  struct Word {
    std::size_t field = 0, begin = 0, size = 0;
  };
  std::vector<std::string> texts_;
  std::vector<std::string> fields_;
  std::vector<Word> words_;
};

}  // namespace aisle
