#include "storage/sql/migrate.h"

#include "core/clock.h"
#include "core/error.h"
#include "storage/sql/database.h"

namespace aisle::sql {
namespace {

constexpr const char* kCreateTable =
    "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, digest TEXT NOT NULL, applied_ms BIGINT NOT "
    "NULL)";

bool has_table(soci::session& session) {
  int count = 0;
  session << "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'migrations'", soci::into(count);
  return count != 0;
}

// Throws unless what was applied is a beginning of `migrations`; returns how many were.
std::size_t count_applied(soci::session& session, std::span<const Migration> migrations, const std::string& file) {
  if (!has_table(session)) return 0;
  int number = 0;
  std::string digest;
  std::size_t applied = 0;
  soci::statement rows = (session.prepare << "SELECT number, digest FROM migrations ORDER BY number",
                          soci::into(number), soci::into(digest));
  rows.execute();
  while (rows.fetch()) {
    if (applied >= migrations.size()) {
      throw Error(ErrorCode::kUnsupported,
                  file + " was written by a newer program (its schema is " + std::to_string(number) +
                      ", this program knows " + std::to_string(migrations.size()) +
                      "); use that program or a newer one",
                  {{"file", file}});
    }
    const Migration& expected = migrations[applied++];
    if (number != expected.number || digest != digest_of(expected.sql).hex()) {
      throw Error(
          ErrorCode::kUnsupported,
          file + " has another schema " + std::to_string(number) + " than this program; use the program that made it",
          {{"file", file}});
    }
  }
  return applied;
}

void apply(soci::session& session, const Migration& migration) {
  for (const std::string& statement : statements_of(migration.sql)) session << statement;
  const std::string digest = digest_of(migration.sql).hex();
  const std::int64_t now_ms = SystemClock().now_ms();
  session << "INSERT INTO migrations (number, digest, applied_ms) VALUES (:number, :digest, :now)",
      soci::use(migration.number), soci::use(digest), soci::use(now_ms);
}

// One step; false when nothing was left to do. Looks again under the write lock: another process may have been first.
bool migrate_once(Database& database, std::span<const Migration> migrations) {
  return database.write([&](soci::session& session) {
    session << kCreateTable;
    const std::size_t applied = count_applied(session, migrations, database.file().string());
    if (applied == migrations.size()) return false;
    apply(session, migrations[applied]);
    return true;
  });
}

}  // namespace

std::vector<Migration> migrations_of(std::string_view database) {
  std::vector<Migration> found;
  for (const Migration& migration : all_migrations()) {
    if (migration.database == database) found.push_back(migration);
  }
  return found;
}

void migrate(Database& database, std::span<const Migration> migrations) {
  const auto applied = database.read(
      [&](soci::session& session) { return count_applied(session, migrations, database.file().string()); });
  if (applied == migrations.size()) return;
  while (migrate_once(database, migrations)) {
  }
}

std::vector<std::string> statements_of(std::string_view sql) {
  std::vector<std::string> statements;
  std::string statement;
  while (!sql.empty()) {
    const std::size_t end = std::min(sql.find('\n'), sql.size());
    const std::string_view line = sql.substr(0, end);
    sql.remove_prefix(std::min(end + 1, sql.size()));
    if (line.empty() || line.starts_with("--")) continue;
    statement.append(line).push_back('\n');
    if (!line.ends_with(';')) continue;
    statements.push_back(std::move(statement));
    statement.clear();
  }
  if (!statement.empty()) throw Error(ErrorCode::kInternal, "a migration's last statement does not end with ';'");
  return statements;
}

}  // namespace aisle::sql
