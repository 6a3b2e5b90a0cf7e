// The database of people, kept apart.
#pragma once

#include "storage/sql/database.h"
#include "storage/store.h"

namespace aisle::sql {

class SqlUserStore final : public UserStore {
 public:
  explicit SqlUserStore(const std::filesystem::path& file);
  std::int64_t ensure_operator(std::string_view name, std::int64_t now_ms) override;

 private:
  Database database_;
};

}  // namespace aisle::sql
