#include <algorithm>
#include <map>

#include "core/error.h"
#include "storage/snapshot_digest.h"
#include "storage/sql/item_rows.h"
#include "storage/sql/members.h"
#include "storage/sql/snapshot_reader.h"
#include "storage/sql/training_store.h"

namespace aisle::sql {

using soci::into;
using soci::use;

namespace {

constexpr const char* kColumns =
    "SELECT number, digest, items, train, validation, test, labels, created_ms FROM snapshots";

// `condition` has one parameter, besides the task.
std::vector<Snapshot> read_snapshots(soci::session& session, const std::string& condition, std::int64_t task,
                                     const auto& value) {
  Snapshot row;
  std::string digest;
  soci::statement rows =
      (session.prepare << kColumns << " WHERE task_id = :task AND " << condition << " ORDER BY number", use(task),
       use(value), into(row.number), into(digest), into(row.items), into(row.train), into(row.validation),
       into(row.test), into(row.labels), into(row.created_ms));
  rows.execute();
  std::vector<Snapshot> snapshots;
  while (rows.fetch()) {
    row.digest = from_bytes(digest);
    snapshots.push_back(row);
  }
  return snapshots;
}

// Goes through the certified items by id.
void collect(soci::session& session, std::int64_t task, Snapshot& snapshot, MemberWriter& members) {
  SnapshotDigest digest;
  std::string id, content;
  int split = 0;
  std::int64_t revision = 0;
  soci::statement rows =
      (session.prepare
           << "SELECT id, content, split, revision FROM items WHERE task_id = :task AND state = 1 ORDER BY id",
       use(task), into(id), into(content), into(split), into(revision));
  rows.execute();
  while (rows.fetch()) {
    digest.add(id, from_bytes(content), split_of(split));
    members.add({revision, split_of(split)});
  }
  digest.finish(snapshot);
}

void insert(soci::session& session, std::int64_t task, const Snapshot& snapshot, std::int64_t change,
            const std::string& members) {
  const std::string digest = to_bytes(snapshot.digest);
  session << "INSERT INTO snapshots (task_id, number, digest, items, train, validation, test, labels, created_ms, "
             "certified_change, members)"
             " VALUES (:task, :number, CAST(:digest AS BLOB), :items, :train, :validation, :test, :labels, :created, "
             ":change, CAST(:members AS BLOB))",
      use(task), use(snapshot.number), use(digest), use(snapshot.items), use(snapshot.train), use(snapshot.validation),
      use(snapshot.test), use(snapshot.labels), use(snapshot.created_ms), use(change), use(members);
}

Snapshot make_snapshot(soci::session& session, std::int64_t task, std::int64_t change, std::int64_t now_ms) {
  Snapshot snapshot;
  MemberWriter members;
  collect(session, task, snapshot, members);
  if (snapshot.items == 0) {
    throw Error(ErrorCode::kFailedPrecondition,
                "no item of the task is certified; run `aisle certify` or import with --certified");
  }
  const std::string digest = to_bytes(snapshot.digest);
  const auto known = read_snapshots(session, "digest = CAST(:digest AS BLOB)", task, digest);
  if (!known.empty()) return known.front();
  session << "SELECT count(*) FROM labels WHERE task_id = :task AND certified > 0", use(task), into(snapshot.labels);
  snapshot.created_ms = now_ms;
  snapshot.number = take_number(session, task, "last_snapshot");
  insert(session, task, snapshot, change, members.bytes());
  return snapshot;
}

// What is in one snapshot only: revision by item id.
std::map<std::string, std::string> contents_of(soci::session& session, const std::vector<std::int64_t>& revisions) {
  std::int64_t revision = 0;
  std::string id, content;
  int split = 0;
  soci::statement row = (session.prepare << "SELECT id, content, split FROM revisions WHERE revision = :revision",
                         use(revision), into(id), into(content), into(split));
  std::map<std::string, std::string> contents;
  for (const std::int64_t each : revisions) {
    revision = each;
    if (!row.execute(true))
      throw Error(ErrorCode::kCorrupt,
                  "a snapshot names a content that is missing; restore the workspace from a backup");
    contents[id] = content + std::to_string(split);
  }
  return contents;
}

std::vector<std::int64_t> sorted_revisions(soci::session& session, std::int64_t task, std::int64_t number) {
  MemberReader reader = open_members(session, task, number);
  std::vector<std::int64_t> revisions;
  for (Member member; reader.next(member);) revisions.push_back(member.revision);
  std::ranges::sort(revisions);
  return revisions;
}

std::vector<std::int64_t> only_in(const std::vector<std::int64_t>& these, const std::vector<std::int64_t>& others) {
  std::vector<std::int64_t> result;
  std::ranges::set_difference(these, others, std::back_inserter(result));
  return result;
}

void note(std::vector<std::string>& ids, std::int64_t& count, const std::string& id, std::size_t limit) {
  if (ids.size() < limit) ids.push_back(id);
  ++count;
}

SnapshotDiff compare(const std::map<std::string, std::string>& from, const std::map<std::string, std::string>& to,
                     std::size_t limit) {
  SnapshotDiff diff;
  for (const auto& [id, content] : from) {
    const auto now = to.find(id);
    if (now == to.end()) {
      note(diff.removed, diff.removed_count, id, limit);
    } else if (now->second != content) {
      note(diff.changed, diff.changed_count, id, limit);
    }
  }
  for (const auto& [id, content] : to) {
    if (!from.contains(id)) note(diff.added, diff.added_count, id, limit);
  }
  return diff;
}

}  // namespace

// When nothing certified has changed since a snapshot was made, that one is returned without a look at the items.
Snapshot SqlTrainingStore::create_snapshot(std::int64_t task, std::int64_t now_ms) {
  return database_.write([&](soci::session& session) {
    std::int64_t change = 0;
    session << "SELECT certified_change FROM tasks WHERE task_id = :task", use(task), into(change);
    const auto same = read_snapshots(session, "certified_change = :change", task, change);
    if (!same.empty()) return same.front();
    return make_snapshot(session, task, change, now_ms);
  });
}

std::vector<Snapshot> SqlTrainingStore::list_snapshots(std::int64_t task) {
  const int above = 0;
  return database_.read(
      [&](soci::session& session) { return read_snapshots(session, "number > :above", task, above); });
}

std::optional<Snapshot> SqlTrainingStore::find_snapshot(std::int64_t task, std::int64_t number) {
  const auto found =
      database_.read([&](soci::session& session) { return read_snapshots(session, "number = :number", task, number); });
  if (found.empty()) return std::nullopt;
  return found.front();
}

std::unique_ptr<ItemSource> SqlTrainingStore::read_snapshot(std::int64_t task, std::int64_t number,
                                                            std::optional<Split> part) {
  return open_snapshot_reader(database_.file(), task, number, part);
}

SnapshotDiff SqlTrainingStore::diff_snapshots(std::int64_t task, std::int64_t from, std::int64_t to,
                                              std::size_t limit) {
  return database_.read([&](soci::session& session) {
    const auto before = sorted_revisions(session, task, from);
    const auto after = sorted_revisions(session, task, to);
    return compare(contents_of(session, only_in(before, after)), contents_of(session, only_in(after, before)), limit);
  });
}

}  // namespace aisle::sql
