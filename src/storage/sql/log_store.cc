#include "storage/sql/log_store.h"

#include <algorithm>

#include "storage/sql/migrate.h"

namespace aisle::sql {

using soci::into;
using soci::use;

SqlLogStore::SqlLogStore(const std::filesystem::path& file) : database_(file) {
  migrate(database_, migrations_of("logs"));
}

void SqlLogStore::add_event(const LogEvent& event) {
  database_.write([&](soci::session& session) {
    session << "INSERT INTO events (event_id, time_ms, kind, task, actor, detail)"
               " VALUES ((SELECT coalesce(max(event_id), 0) + 1 FROM events), :time, :kind, :task, :actor, :detail)",
        use(event.time_ms), use(event.kind), use(event.task), use(event.actor), use(event.detail);
  });
}

std::vector<LogEvent> SqlLogStore::list_events(std::string_view kind, std::size_t limit) {
  const std::string wanted(kind);
  const auto rows_wanted = static_cast<std::int64_t>(std::min<std::size_t>(limit, 1'000'000));
  return database_.read([&](soci::session& session) {
    LogEvent row;
    // Two forms, so that each walks its own index backwards. Both have two parameters.
    const char* condition = wanted.empty() ? "WHERE kind <> :kind" : "WHERE kind = :kind";
    soci::statement rows = (session.prepare << "SELECT time_ms, kind, task, actor, detail FROM events " << condition
                                            << " ORDER BY event_id DESC LIMIT :limit",
                            use(wanted), use(rows_wanted), into(row.time_ms), into(row.kind), into(row.task),
                            into(row.actor), into(row.detail));
    rows.execute();
    std::vector<LogEvent> events;
    while (rows.fetch()) events.push_back(row);
    return events;
  });
}

}  // namespace aisle::sql
