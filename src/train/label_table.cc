#include "train/label_table.h"

#include <algorithm>
#include <numeric>

namespace aisle {

std::uint32_t LabelTable::add(const std::string& label) {
  const auto [entry, fresh] = numbers_.try_emplace(label, static_cast<std::uint32_t>(labels_.size()));
  if (fresh) labels_.push_back(label);
  return entry->second;
}

std::vector<std::uint32_t> LabelTable::sort() {
  std::vector<std::uint32_t> order(labels_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::uint32_t old) -> const std::string& { return labels_[old]; });
  std::vector<std::uint32_t> renumbered(order.size());
  std::vector<std::string> sorted;
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    renumbered[order[i]] = i;
    numbers_[labels_[order[i]]] = i;
    sorted.push_back(labels_[order[i]]);
  }
  labels_ = std::move(sorted);
  return renumbered;
}

std::vector<LabelInfo> LabelTable::infos(std::span<const LabelInfo> known) const {
  std::unordered_map<std::string_view, std::string_view> names;
  for (const LabelInfo& info : known) names.emplace(info.label, info.name);
  std::vector<LabelInfo> infos;
  for (const std::string& label : labels_) {
    const auto found = names.find(label);
    const bool named = found != names.end() && !found->second.empty();
    infos.push_back({label, named ? std::string(found->second) : label, 0});
  }
  return infos;
}

}  // namespace aisle
