#include "storage/memory/training_store.h"

#include <utility>

#include "core/error.h"

namespace aisle::memory {

std::vector<PutResult> MemoryTrainingStore::put_items(std::int64_t task, std::span<const NewItem> items) {
  const std::scoped_lock lock(mutex_);
  TaskData& data = change(task);
  std::vector<PutResult> results;
  for (const NewItem& item : items) results.push_back(put(data, item));
  return results;
}

void MemoryTrainingStore::scan_known(std::int64_t task, const std::function<void(const KnownItem&)>& visit) {
  const std::scoped_lock lock(mutex_);
  for (const auto& [id, stored] : peek(task).items)
    visit({id, stored.content, stored.item.split, stored.item.group, stored.fingerprint});
}

std::optional<Item> MemoryTrainingStore::find_item(std::int64_t task, std::string_view id) {
  const std::scoped_lock lock(mutex_);
  const auto& items = peek(task).items;
  const auto found = items.find(std::string(id));
  if (found == items.end()) return std::nullopt;
  return found->second.item;
}

std::vector<Item> MemoryTrainingStore::list_items(std::int64_t task, const ItemFilter& filter) {
  const std::scoped_lock lock(mutex_);
  const auto& all = peek(task).items;
  std::vector<Item> items;
  for (auto each = all.upper_bound(filter.after_id); each != all.end() && std::ssize(items) < filter.limit; ++each) {
    const Item& item = each->second.item;
    if (filter.state && item.state != *filter.state) continue;
    if (filter.label && !has_label(item, *filter.label)) continue;
    items.push_back(item);
  }
  return items;
}

ItemCounts MemoryTrainingStore::count_items(std::int64_t task) {
  const std::scoped_lock lock(mutex_);
  ItemCounts counts;
  for (const auto& [id, stored] : peek(task).items) {
    if (stored.item.state == ItemState::kProposal) ++counts.proposal;
    if (stored.item.state == ItemState::kCertified) ++counts.certified;
    if (stored.item.state == ItemState::kRejected) ++counts.rejected;
  }
  return counts;
}

std::int64_t MemoryTrainingStore::set_state(std::int64_t task, std::span<const std::string> ids, ItemState state) {
  const std::scoped_lock lock(mutex_);
  auto& items = change(task).items;
  for (const std::string& id : ids) {
    if (!items.contains(id))
      throw Error(ErrorCode::kNotFound, "there is no item '" + id + "'; nothing was changed", {{"id", id}});
  }
  std::int64_t changed = 0;
  for (const std::string& id : ids) changed += std::exchange(items[id].item.state, state) != state ? 1 : 0;
  return changed;
}

std::int64_t MemoryTrainingStore::set_state_of_all_proposals(std::int64_t task, ItemState state) {
  const std::scoped_lock lock(mutex_);
  std::int64_t changed = 0;
  if (state == ItemState::kProposal) return changed;
  for (auto& [id, stored] : change(task).items) {
    if (stored.item.state != ItemState::kProposal) continue;
    stored.item.state = state;
    ++changed;
  }
  return changed;
}

}  // namespace aisle::memory
