#include "storage/sql/label_book.h"

#include <algorithm>
#include <tuple>

namespace aisle::sql {

using soci::into;
using soci::use;

LabelBook::LabelBook(soci::session& session, std::int64_t task) : session_(session), task_(task) {}

void LabelBook::attach(const std::string& id, const std::vector<std::string>& labels) {
  note(id, labels, true);
}

void LabelBook::detach(const std::string& id, const std::vector<std::string>& labels) {
  note(id, labels, false);
}

void LabelBook::note(const std::string& id, const std::vector<std::string>& labels, bool attached) {
  for (const std::string& label : labels) {
    Entry& entry = entry_of(label);
    entry.uses += attached ? 1 : -1;
    changes_.push_back({entry.key, id, attached});
  }
}

void LabelBook::count_certified(const std::vector<std::string>& labels, int change) {
  for (const std::string& label : labels) entry_of(label).certified += change;
}

void LabelBook::flush() {
  write_items();
  write_counters();
}

// Stable: an item that came twice in a batch loses and gains a label in the order in which it happened.
void LabelBook::write_items() {
  std::ranges::stable_sort(changes_, {}, [](const Change& change) { return std::tie(change.key, change.id); });
  Change change{};
  soci::statement insert = (session_.prepare << "INSERT INTO item_labels (label_id, id) VALUES (:label, :id)",
                            use(change.key), use(change.id));
  soci::statement erase = (session_.prepare << "DELETE FROM item_labels WHERE label_id = :label AND id = :id",
                           use(change.key), use(change.id));
  for (Change& each : changes_) {
    change = std::move(each);
    (change.attached ? insert : erase).execute(true);
  }
  changes_.clear();
}

void LabelBook::write_counters() {
  Entry entry;
  soci::statement update =
      (session_.prepare
           << "UPDATE labels SET uses = uses + :uses, certified = certified + :certified WHERE label_id = :key",
       use(entry.uses), use(entry.certified), use(entry.key));
  for (const auto& [label, changed] : entries_) {
    if (changed.uses == 0 && changed.certified == 0) continue;
    entry = changed;
    update.execute(true);
  }
  entries_.clear();
}

LabelBook::Entry& LabelBook::entry_of(const std::string& label) {
  const auto found = entries_.find(label);
  if (found != entries_.end()) return found->second;
  return entries_.emplace(label, Entry{find_or_add(label), 0, 0}).first->second;
}

std::int64_t LabelBook::find_or_add(const std::string& label) {
  std::int64_t key = 0;
  session_ << "SELECT label_id FROM labels WHERE task_id = :task AND label = :label", use(task_), use(label), into(key);
  if (session_.got_data()) return key;
  session_ << "SELECT coalesce(max(label_id), 0) + 1 FROM labels", into(key);
  session_ << "INSERT INTO labels (label_id, task_id, label) VALUES (:key, :task, :label)", use(key), use(task_),
      use(label);
  return key;
}

}  // namespace aisle::sql
