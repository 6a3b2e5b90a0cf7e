// Keeps the most confident mistakes of an evaluation: a bounded heap, so that memory does not grow with the items.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "domain/measures.h"

namespace aisle {

// Ordered by falling probability, then by id: the same fifty whatever the order in which they come. Not thread-safe.
class WorstMistakes {
 public:
  static constexpr std::size_t kKept = 50;

  // Whether add() would keep it; ask before building a Mistake.
  bool wants(double probability, std::string_view id) const;
  void add(Mistake mistake);
  void merge(WorstMistakes&& other);
  std::vector<Mistake> take();  // worst first

 private:
  std::vector<Mistake> heap_;  // the least bad on top
};

}  // namespace aisle
