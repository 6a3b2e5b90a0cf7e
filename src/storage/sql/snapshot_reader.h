// Reads the items of a snapshot by id, on a connection of its own: a long read blocks no write.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "domain/item.h"
#include "storage/sql/members.h"

namespace soci {
class session;
}

namespace aisle::sql {

// kNotFound when the task has no such snapshot.
MemberReader open_members(soci::session& session, std::int64_t task, std::int64_t number);

std::unique_ptr<ItemSource> open_snapshot_reader(const std::filesystem::path& database, std::int64_t task,
                                                 std::int64_t number, std::optional<Split> part);

}  // namespace aisle::sql
