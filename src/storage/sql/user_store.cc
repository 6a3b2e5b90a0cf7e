#include "storage/sql/user_store.h"

#include "storage/sql/migrate.h"

namespace aisle::sql {

using soci::into;
using soci::use;

SqlUserStore::SqlUserStore(const std::filesystem::path& file) : database_(file) {
  migrate(database_, migrations_of("users"));
}

std::int64_t SqlUserStore::ensure_operator(std::string_view name, std::int64_t now_ms) {
  const std::string key(name);
  return database_.write([&](soci::session& session) {
    std::int64_t user = 0;
    session << "SELECT user_id FROM users WHERE kind = 'operator' AND name = :name", use(key), into(user);
    if (session.got_data()) return user;
    session << "SELECT coalesce(max(user_id), 0) + 1 FROM users", into(user);
    session << "INSERT INTO users (user_id, kind, name, created_ms) VALUES (:id, 'operator', :name, :now)", use(user),
        use(key), use(now_ms);
    return user;
  });
}

}  // namespace aisle::sql
