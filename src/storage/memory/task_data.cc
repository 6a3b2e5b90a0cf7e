#include "storage/memory/task_data.h"

#include <algorithm>

namespace aisle::memory {
namespace {

class MemberSource final : public ItemSource {
 public:
  MemberSource(std::shared_ptr<const Members> members, std::optional<Split> part)
      : members_(std::move(members)), part_(part), position_(members_->begin()) {}
  bool next(Item& item) override {
    while (position_ != members_->end() && part_ && position_->second.item.split != *part_) ++position_;
    if (position_ == members_->end()) return false;
    item = position_++->second.item;
    return true;
  }

 private:
  std::shared_ptr<const Members> members_;
  std::optional<Split> part_;
  Members::const_iterator position_;
};

}  // namespace

bool has_label(const Item& item, const std::string& label) {
  return std::ranges::find(item.labels, label) != item.labels.end();
}

PutResult put(TaskData& data, const NewItem& given) {
  const bool certify = given.item.state == ItemState::kCertified;
  const auto [position, added] =
      data.items.try_emplace(given.item.id, StoredItem{given.item, given.content, given.fingerprint});
  if (added) return {PutOutcome::kAdded, certify};
  StoredItem& known = position->second;
  const ItemState before = known.item.state;
  const Split split = given.split_given ? given.item.split : known.item.split;
  const bool same_content = given.content == known.content;
  ItemState after = certify ? ItemState::kCertified : before;
  if (!certify && !same_content && before == ItemState::kCertified) after = ItemState::kProposal;
  const bool same = same_content && split == known.item.split;
  if (!same) known = {given.item, given.content, given.fingerprint};
  known.item.split = split;
  known.item.state = after;
  return {same ? PutOutcome::kUnchanged : PutOutcome::kUpdated, after == ItemState::kCertified && before != after};
}

SnapshotDiff compare(const Members& from, const Members& to, std::size_t limit) {
  SnapshotDiff diff;
  const auto note = [&](std::vector<std::string>& ids, std::int64_t& count, const std::string& id) {
    if (ids.size() < limit) ids.push_back(id);
    ++count;
  };
  for (const auto& [id, member] : from) {
    const auto now = to.find(id);
    if (now == to.end()) {
      note(diff.removed, diff.removed_count, id);
    } else if (now->second.content != member.content || now->second.item.split != member.item.split) {
      note(diff.changed, diff.changed_count, id);
    }
  }
  for (const auto& [id, member] : to) {
    if (!from.contains(id)) note(diff.added, diff.added_count, id);
  }
  return diff;
}

std::unique_ptr<ItemSource> source_of(std::shared_ptr<const Members> members, std::optional<Split> part) {
  return std::make_unique<MemberSource>(std::move(members), part);
}

}  // namespace aisle::memory
