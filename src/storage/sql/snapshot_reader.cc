#include "storage/sql/snapshot_reader.h"

#include "core/error.h"
#include "storage/sql/database.h"
#include "storage/sql/item_rows.h"

namespace aisle::sql {

using soci::into;
using soci::use;

namespace {

class SnapshotReader final : public ItemSource {
 public:
  SnapshotReader(const std::filesystem::path& file, std::int64_t task, std::int64_t number, std::optional<Split> part)
      : database_(file), part_(part), members_("") {
    row_.state = to_column(ItemState::kCertified);
    database_.plain([&](soci::session& session) {
      transaction_.emplace(session, Transaction::Kind::kRead);
      members_ = open_members(session, task, number);
      find_.emplace(
          (session.prepare << "SELECT " << kRevisionColumns << " FROM revisions r WHERE r.revision = :revision",
           use(revision_), into(row_.id), into(row_.split), into(row_.image), into(row_.group), into(row_.labels),
           into(row_.texts)));
    });
  }

  bool next(Item& item) override {
    Member member;
    do {
      if (!members_.next(member)) return false;
    } while (part_ && member.split != *part_);
    revision_ = member.revision;
    if (!database_.plain([&](soci::session&) { return find_->execute(true); })) {
      throw Error(ErrorCode::kCorrupt,
                  "a snapshot names a content that is missing; restore the workspace from a backup");
    }
    row_.fill(item);
    return true;
  }

 private:
  Database database_;
  std::optional<Split> part_;
  MemberReader members_;
  ItemRow row_;
  std::int64_t revision_ = 0;
  std::optional<Transaction> transaction_;
  std::optional<soci::statement> find_;
};

}  // namespace

MemberReader open_members(soci::session& session, std::int64_t task, std::int64_t number) {
  std::string members;
  session << "SELECT members FROM snapshots WHERE task_id = :task AND number = :number", use(task), use(number),
      into(members);
  if (!session.got_data()) {
    throw Error(ErrorCode::kNotFound,
                "there is no snapshot " + std::to_string(number) + "; `aisle data list` shows them");
  }
  return MemberReader(std::move(members));
}

std::unique_ptr<ItemSource> open_snapshot_reader(const std::filesystem::path& database, std::int64_t task,
                                                 std::int64_t number, std::optional<Split> part) {
  return std::make_unique<SnapshotReader>(database, task, number, part);
}

}  // namespace aisle::sql
