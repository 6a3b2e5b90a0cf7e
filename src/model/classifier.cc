#include "model/classifier.h"

namespace aisle {

void Worker::probabilities_of(std::span<const ItemView> items, std::span<float> out, std::span<std::uint8_t> known) {
  const std::size_t classes = items.empty() ? 0 : out.size() / items.size();
  for (std::size_t i = 0; i < items.size(); ++i)
    known[i] = probabilities(items[i], out.subspan(i * classes, classes)) ? 1 : 0;
}

bool Worker::answer_at_once(const ItemView&, std::span<float>) {
  return false;
}

std::span<const MemberAnswer> Worker::members_of(std::size_t) const {
  return {};
}

std::span<const float> Worker::features_of(std::size_t) const {
  return {};
}

}  // namespace aisle
