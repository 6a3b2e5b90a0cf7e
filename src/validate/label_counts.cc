#include "validate/label_counts.h"

#include <algorithm>

#include "core/digest.h"
#include "domain/limits.h"

namespace aisle {

std::size_t LabelCounts::Hash::operator()(std::string_view text) const {
  return hash64(text);
}

void LabelCounts::add_stored(std::string_view label, std::int64_t items) {
  Count& count = counts_[std::string(label)];
  count.stored = true;
  count.stored_items = items;
  any_stored_ = true;
}

bool LabelCounts::is_unknown(std::string_view label) const {
  if (!any_stored_) return false;
  const auto found = counts_.find(label);
  return found == counts_.end() || !found->second.stored;
}

bool LabelCounts::fits(std::string_view label) const {
  return counts_.size() < limits::kLabelsPerTask || counts_.contains(label);
}

void LabelCounts::count(std::string_view label, bool new_item, std::string_view file, std::int64_t row) {
  auto found = counts_.find(label);
  if (found == counts_.end()) found = counts_.emplace(label, Count{}).first;
  Count& count = found->second;
  if (count.kept == 0) {
    count.file = file;
    count.row = row;
  }
  ++count.kept;
  count.kept_new += new_item ? 1 : 0;
}

std::map<std::string, std::int64_t> LabelCounts::kept() const {
  std::map<std::string, std::int64_t> kept;
  for (const auto& [label, count] : counts_) {
    if (count.kept > 0) kept[label] = count.kept;
  }
  return kept;
}

void LabelCounts::visit_rare(const std::function<void(const std::string&, std::int64_t, const Count&)>& visit) const {
  std::map<std::string_view, const decltype(counts_)::value_type*> rare;
  for (const auto& entry : counts_) {
    // What was stored may count certified items alone: a batch read again still shows how many there are.
    const std::int64_t items = std::max(entry.second.stored_items + entry.second.kept_new, entry.second.kept);
    if (entry.second.kept > 0 && items < 2) rare.emplace(entry.first, &entry);
  }
  for (const auto& [label, entry] : rare)
    visit(entry->first, std::max(entry->second.stored_items + entry->second.kept_new, entry->second.kept),
          entry->second);
}

}  // namespace aisle
