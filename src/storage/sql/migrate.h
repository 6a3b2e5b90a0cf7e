// Numbered migrations, embedded at build. A database remembers which it has had, with their digests.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aisle::sql {

class Database;

struct Migration {
  std::string_view database;  // "training", "users", "logs"
  int number;                 // 1, 2, 3... of its database
  std::string_view sql;
};

// Sorted by database and number.
std::span<const Migration> all_migrations();
std::vector<Migration> migrations_of(std::string_view database);

// Brings the database to the last of `migrations`, each in one transaction; safe beside another process that does
// the same. kUnsupported when a newer program has been there or when a migration is not the one that was applied.
void migrate(Database& database, std::span<const Migration> migrations);

// The statements of a migration: comments dropped, a ';' at the end of a line ends one.
std::vector<std::string> statements_of(std::string_view sql);

}  // namespace aisle::sql
