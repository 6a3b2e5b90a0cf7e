// The database of what happened.
#pragma once

#include "storage/sql/database.h"
#include "storage/store.h"

namespace aisle::sql {

class SqlLogStore final : public LogStore {
 public:
  explicit SqlLogStore(const std::filesystem::path& file);
  void add_event(const LogEvent& event) override;
  std::vector<LogEvent> list_events(std::string_view kind, std::size_t limit) override;

 private:
  Database database_;
};

}  // namespace aisle::sql
