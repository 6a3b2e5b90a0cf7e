#include <algorithm>

#include "codec/backbone_json.h"
#include "storage/sql/members.h"
#include "storage/sql/snapshot_reader.h"
#include "storage/sql/training_store.h"

namespace aisle::sql {

using soci::into;
using soci::use;

namespace {

std::vector<std::int64_t> numbers(soci::session& session, const std::string& query) {
  std::int64_t number = 0;
  soci::statement rows = (session.prepare << query, into(number));
  rows.execute();
  std::vector<std::int64_t> found;
  while (rows.fetch()) found.push_back(number);
  return found;
}

// The contents that can still be read: those of now, and those that a snapshot holds. Sorted.
std::vector<std::int64_t> held_revisions(soci::session& session, std::int64_t task) {
  const std::string of_task = " WHERE task_id = " + std::to_string(task);
  std::vector<std::int64_t> held = numbers(session, "SELECT revision FROM items" + of_task);
  for (const std::int64_t snapshot : numbers(session, "SELECT number FROM snapshots" + of_task)) {
    MemberReader members = open_members(session, task, snapshot);
    for (Member member; members.next(member);) held.push_back(member.revision);
    std::ranges::sort(held);
    held.erase(std::unique(held.begin(), held.end()), held.end());
  }
  std::ranges::sort(held);
  return held;
}

void add_pictures(soci::session& session, std::int64_t task, std::vector<Digest>& blobs) {
  const std::vector<std::int64_t> held = held_revisions(session, task);
  std::int64_t revision = 0;
  std::string image;
  soci::statement rows =
      (session.prepare << "SELECT revision, image FROM revisions WHERE task_id = :task AND image <> ''", use(task),
       into(revision), into(image));
  rows.execute();
  while (rows.fetch()) {
    if (std::ranges::binary_search(held, revision)) blobs.push_back(Digest::from_hex(image));
  }
}

void add_models(soci::session& session, std::vector<Digest>& blobs) {
  std::string archive;
  soci::statement rows = (session.prepare << "SELECT archive FROM versions WHERE archive <> ''", into(archive));
  rows.execute();
  while (rows.fetch()) blobs.push_back(Digest::from_hex(archive));
}

void add_backbones(soci::session& session, std::vector<Digest>& blobs) {
  std::string manifest;
  soci::statement rows = (session.prepare << "SELECT manifest FROM backbones", into(manifest));
  rows.execute();
  while (rows.fetch()) {
    for (const BackboneFile& file : parse_manifest(manifest).files) blobs.push_back(file.digest);
  }
}

}  // namespace

std::vector<Digest> SqlTrainingStore::list_blobs() {
  return database_.read([](soci::session& session) {
    std::vector<Digest> blobs;
    for (const std::int64_t task : numbers(session, "SELECT task_id FROM tasks WHERE image_field <> ''"))
      add_pictures(session, task, blobs);
    add_models(session, blobs);
    add_backbones(session, blobs);
    return blobs;
  });
}

}  // namespace aisle::sql
