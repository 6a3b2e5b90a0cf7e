#include <algorithm>

#include "core/error.h"
#include "storage/sql/item_queries.h"
#include "storage/sql/item_rows.h"
#include "storage/sql/item_writer.h"
#include "storage/sql/training_store.h"

namespace aisle::sql {

using soci::into;
using soci::use;

namespace {

// Binds the columns of kItemColumns.
void into_row(soci::statement& rows, ItemRow& row) {
  rows.exchange(into(row.id));
  rows.exchange(into(row.split));
  rows.exchange(into(row.image));
  rows.exchange(into(row.group));
  rows.exchange(into(row.labels));
  rows.exchange(into(row.texts));
  rows.exchange(into(row.state));
}

void run(soci::statement& rows, const std::string& query) {
  rows.alloc();
  rows.prepare(query);
  rows.define_and_bind();
  rows.execute();
}

// Every label of a proposal gains a certified item.
void count_proposals_as_certified(soci::session& session, std::int64_t task) {
  session << "UPDATE labels SET certified = certified + (SELECT count(*) FROM item_labels l JOIN items i ON i.task_id "
             "= :task AND i.id = l.id"
             " WHERE l.label_id = labels.label_id AND i.state = 0) WHERE task_id = :owner",
      use(task), use(task);
}

}  // namespace

std::vector<PutResult> SqlTrainingStore::put_items(std::int64_t task, std::span<const NewItem> items) {
  return database_.write([&](soci::session& session) {
    ItemWriter writer(session, task);
    std::vector<PutResult> results;
    results.reserve(items.size());
    for (const NewItem& item : items) results.push_back(writer.put(item));
    writer.finish();
    return results;
  });
}

void SqlTrainingStore::scan_known(std::int64_t task, const std::function<void(const KnownItem&)>& visit) {
  database_.read([&](soci::session& session) {
    std::string id, content, group, fingerprint;
    int split = 0;
    soci::statement rows =
        (session.prepare
             << "SELECT id, content, split, group_name, fingerprint FROM items WHERE task_id = :task ORDER BY id",
         use(task), into(id), into(content), into(split), into(group), into(fingerprint));
    rows.execute();
    while (rows.fetch()) visit({id, from_bytes(content), split_of(split), group, fingerprint});
  });
}

std::optional<Item> SqlTrainingStore::find_item(std::int64_t task, std::string_view id) {
  return database_.read([&](soci::session& session) -> std::optional<Item> {
    const std::string key(id);
    ItemRow row;
    soci::statement rows(session);
    into_row(rows, row);
    rows.exchange(use(task));
    rows.exchange(use(key));
    run(rows, find_query());
    if (!rows.fetch()) return std::nullopt;
    Item item;
    row.fill(item);
    return item;
  });
}

std::vector<Item> SqlTrainingStore::list_items(std::int64_t task, const ItemFilter& filter) {
  return database_.read([&](soci::session& session) {
    const int state = filter.state ? to_column(*filter.state) : 0;
    const std::int64_t limit = std::max<std::int64_t>(filter.limit, 0);
    const std::string label = filter.label.value_or("");
    ItemRow row;
    soci::statement rows(session);
    into_row(rows, row);
    rows.exchange(use(task));
    rows.exchange(use(filter.after_id));
    if (filter.state) rows.exchange(use(state));
    if (filter.label) rows.exchange(use(label));
    rows.exchange(use(limit));
    run(rows, list_query(filter));
    std::vector<Item> items;
    while (rows.fetch()) row.fill(items.emplace_back());
    return items;
  });
}

ItemCounts SqlTrainingStore::count_items(std::int64_t task) {
  return database_.read([&](soci::session& session) {
    ItemCounts counts;
    session << "SELECT proposals, certified, rejected FROM tasks WHERE task_id = :task", use(task),
        into(counts.proposal), into(counts.certified), into(counts.rejected);
    return counts;
  });
}

std::int64_t SqlTrainingStore::set_state(std::int64_t task, std::span<const std::string> ids, ItemState state) {
  return database_.write([&](soci::session& session) {
    ItemWriter writer(session, task);
    std::int64_t changed = 0;
    for (const std::string& id : ids) {
      const std::optional<bool> done = writer.set_state(id, state);
      if (!done) throw Error(ErrorCode::kNotFound, "there is no item '" + id + "'; nothing was changed", {{"id", id}});
      changed += *done ? 1 : 0;
    }
    writer.finish();
    return changed;
  });
}

std::int64_t SqlTrainingStore::set_state_of_all_proposals(std::int64_t task, ItemState state) {
  if (state == ItemState::kProposal) return 0;
  const bool certify = state == ItemState::kCertified;
  return database_.write([&](soci::session& session) {
    std::int64_t changed = 0;
    session << "SELECT proposals FROM tasks WHERE task_id = :task", use(task), into(changed);
    if (changed == 0) return changed;
    if (certify) count_proposals_as_certified(session, task);
    const int column = to_column(state);
    session << "UPDATE items SET state = :state WHERE task_id = :task AND state = 0", use(column), use(task);
    session << "UPDATE tasks SET "
            << (certify ? "certified = certified + proposals, certified_change = certified_change + 1"
                        : "rejected = rejected + proposals")
            << ", proposals = 0 WHERE task_id = :task",
        use(task);
    return changed;
  });
}

}  // namespace aisle::sql
