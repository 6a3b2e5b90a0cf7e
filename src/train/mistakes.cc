#include "train/mistakes.h"

#include <algorithm>
#include <utility>

namespace aisle {
namespace {

bool worse(const Mistake& a, const Mistake& b) {
  return a.probability != b.probability ? a.probability > b.probability : a.id < b.id;
}

}  // namespace

bool WorstMistakes::wants(double probability, std::string_view id) const {
  if (heap_.size() < kKept) return true;
  const Mistake& least = heap_.front();
  return probability != least.probability ? probability > least.probability : id < least.id;
}

void WorstMistakes::add(Mistake mistake) {
  if (!wants(mistake.probability, mistake.id)) return;
  if (heap_.size() == kKept) {
    std::pop_heap(heap_.begin(), heap_.end(), worse);
    heap_.pop_back();
  }
  heap_.push_back(std::move(mistake));
  std::push_heap(heap_.begin(), heap_.end(), worse);
}

void WorstMistakes::merge(WorstMistakes&& other) {
  for (Mistake& mistake : other.heap_) add(std::move(mistake));
  other.heap_.clear();
}

std::vector<Mistake> WorstMistakes::take() {
  std::sort(heap_.begin(), heap_.end(), worse);
  return std::exchange(heap_, {});
}

}  // namespace aisle
