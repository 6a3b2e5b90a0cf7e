#include "storage/sql/item_writer.h"

#include "core/error.h"
#include "storage/netstring.h"
#include "storage/sql/database.h"

namespace aisle::sql {

using soci::into;
using soci::use;

namespace {

constexpr const char* kFind = "SELECT state, split, revision, content FROM items WHERE task_id = :task AND id = :id";
constexpr const char* kReadLabels = "SELECT labels FROM revisions WHERE revision = :revision";
constexpr const char* kInsertItem =
    "INSERT INTO items (task_id, id, state, split, revision, content, group_name, fingerprint)"
    " VALUES (:task, :id, :state, :split, :revision, CAST(:content AS BLOB), :group_name, CAST(:fingerprint AS BLOB))";
constexpr const char* kInsertRevision =
    "INSERT INTO revisions (revision, task_id, id, split, content, image, group_name, labels, texts)"
    " VALUES (:revision, :task, :id, :split, CAST(:content AS BLOB), :image, :group_name, :labels, :texts)";
constexpr const char* kUpdateItem =
    "UPDATE items SET state = :state, split = :split, revision = :revision, content = CAST(:content AS BLOB),"
    " group_name = :group_name, fingerprint = CAST(:fingerprint AS BLOB) WHERE task_id = :task AND id = :id";
constexpr const char* kUpdateState = "UPDATE items SET state = :state WHERE task_id = :task AND id = :id";

// Looks for the task too: it may have been removed by another process since it was found.
std::int64_t last_revision(soci::session& session, std::int64_t task) {
  int found = 0;
  session << "SELECT count(*) FROM tasks WHERE task_id = :task", use(task), into(found);
  if (found == 0) throw Error(ErrorCode::kNotFound, "there is no such task any more; it was removed");
  std::int64_t revision = 0;
  session << "SELECT coalesce(max(revision), 0) FROM revisions", into(revision);
  return revision;
}

}  // namespace

ItemWriter::ItemWriter(soci::session& session, std::int64_t task)
    : session_(session),
      task_(task),
      next_revision_(last_revision(session, task) + 1),
      book_(session, task),
      find_((session.prepare << kFind, use(task_), use(row_.id), into(current_.state), into(current_.split),
             into(current_.revision), into(current_.content))),
      read_labels_((session.prepare << kReadLabels, use(current_.revision), into(current_.labels))),
      insert_item_((session.prepare << kInsertItem, use(task_), use(row_.id), use(row_.state), use(row_.split),
                    use(revision_), use(content_), use(row_.group), use(fingerprint_))),
      insert_revision_((session.prepare << kInsertRevision, use(revision_), use(task_), use(row_.id), use(row_.split),
                        use(content_), use(row_.image), use(row_.group), use(row_.labels), use(row_.texts))),
      update_item_((session.prepare << kUpdateItem, use(row_.state), use(row_.split), use(revision_), use(content_),
                    use(row_.group), use(fingerprint_), use(task_), use(row_.id))),
      update_state_((session.prepare << kUpdateState, use(row_.state), use(task_), use(row_.id))) {}

PutResult ItemWriter::put(const NewItem& item) {
  if (!find(item.item.id)) return add(item);
  const ItemState before = state_of(current_.state);
  const Split split = item.split_given ? item.item.split : split_of(current_.split);
  const bool same_content = to_bytes(item.content) == current_.content;
  ItemState after = before;
  if (item.item.state == ItemState::kCertified) {
    after = ItemState::kCertified;
  } else if (before == ItemState::kCertified && !same_content) {
    after = ItemState::kProposal;
  }
  return update(item, split, after, same_content);
}

std::optional<bool> ItemWriter::set_state(const std::string& id, ItemState state) {
  if (!find(id)) return std::nullopt;
  const ItemState before = state_of(current_.state);
  if (before == state) return false;
  row_.state = to_column(state);
  update_state_.execute(true);
  change_state(before, state, current_labels());
  return true;
}

void ItemWriter::finish() {
  book_.flush();
  const int certified_change = certified_changed_ ? 1 : 0;
  session_ << "UPDATE tasks SET proposals = proposals + :proposals, certified = certified + :certified,"
              " rejected = rejected + :rejected, certified_change = certified_change + :change WHERE task_id = :task",
      use(state_changes_[0]), use(state_changes_[1]), use(state_changes_[2]), use(certified_change), use(task_);
}

bool ItemWriter::find(const std::string& id) {
  row_.id = id;
  return find_.execute(true);
}

PutResult ItemWriter::add(const NewItem& item) {
  const ItemState state = item.item.state;
  insert_revision(item, item.item.split);
  row_.state = to_column(state);
  fingerprint_ = item.fingerprint;
  insert_item_.execute(true);
  book_.attach(row_.id, item.item.labels);
  ++state_changes_[static_cast<std::size_t>(row_.state)];
  const bool certified = state == ItemState::kCertified;
  if (certified) book_.count_certified(item.item.labels, 1);
  certified_changed_ |= certified;
  return {PutOutcome::kAdded, certified};
}

PutResult ItemWriter::update(const NewItem& item, Split split, ItemState state, bool same_content) {
  const ItemState before = state_of(current_.state);
  const bool newly_certified = state == ItemState::kCertified && before != state;
  if (same_content && split == split_of(current_.split)) {
    if (state != before) set_state(item.item.id, state);
    return {PutOutcome::kUnchanged, newly_certified};
  }
  move_labels(item, before, state);
  insert_revision(item, split);
  row_.state = to_column(state);
  fingerprint_ = item.fingerprint;
  update_item_.execute(true);
  certified_changed_ |= state == ItemState::kCertified;
  return {PutOutcome::kUpdated, newly_certified};
}

void ItemWriter::insert_revision(const NewItem& item, Split split) {
  revision_ = next_revision_++;
  row_.split = to_column(split);
  row_.image = item.item.image;
  row_.group = item.item.group;
  join_netstrings(item.item.labels, row_.labels);
  join_netstrings(item.item.texts, row_.texts);
  content_ = to_bytes(item.content);
  insert_revision_.execute(true);
}

void ItemWriter::change_state(ItemState from, ItemState to, const std::vector<std::string>& labels) {
  --state_changes_[static_cast<std::size_t>(from)];
  ++state_changes_[static_cast<std::size_t>(to)];
  if (from == ItemState::kCertified) book_.count_certified(labels, -1);
  if (to == ItemState::kCertified) book_.count_certified(labels, 1);
  certified_changed_ |= from == ItemState::kCertified || to == ItemState::kCertified;
}

void ItemWriter::move_labels(const NewItem& item, ItemState from, ItemState to) {
  const std::vector<std::string>& old_labels = current_labels();
  change_state(from, to, old_labels);
  if (old_labels == item.item.labels) return;
  if (to == ItemState::kCertified) {
    book_.count_certified(old_labels, -1);
    book_.count_certified(item.item.labels, 1);
  }
  book_.detach(row_.id, old_labels);
  book_.attach(row_.id, item.item.labels);
}

const std::vector<std::string>& ItemWriter::current_labels() {
  if (!read_labels_.execute(true))
    throw Error(ErrorCode::kCorrupt,
                "the content of the item '" + row_.id + "' is missing; restore the workspace from a backup");
  split_netstrings(current_.labels, labels_);
  return labels_;
}

}  // namespace aisle::sql
