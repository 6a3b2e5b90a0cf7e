#include "storage/feature_store.h"

#include <algorithm>
#include <cstring>

#include "core/error.h"
#include "storage/sql/database.h"
#include "storage/sql/migrate.h"

namespace aisle {
namespace {

using soci::into;
using soci::use;

constexpr std::int64_t kEvictRows = 4096;  // at a time, beyond what is needed
constexpr double kKeptShare = 0.9;         // of the bound, after an eviction: not at every put

class SqlFeatureStore final : public FeatureStore {
 public:
  SqlFeatureStore(const std::filesystem::path& file, std::int64_t max_bytes) : database_(file), max_bytes_(max_bytes) {
    database_.plain([](soci::session& session) { session << "PRAGMA synchronous = NORMAL"; });
    sql::migrate(database_, sql::migrations_of("features"));
  }

  std::vector<bool> find(std::string_view space, std::span<const Digest> keys, std::size_t dimension,
                         std::span<float> out) override {
    std::vector<bool> found(keys.size());
    const std::string wanted_space(space);
    std::string digest, numbers;
    database_.read([&](soci::session& session) {
      soci::statement rows = (session.prepare << "SELECT numbers FROM features WHERE space = :space AND digest = "
                                                 "CAST(:digest AS BLOB)",
                              use(wanted_space), use(digest), into(numbers));
      for (std::size_t i = 0; i < keys.size(); ++i) {
        digest = sql::to_bytes(keys[i]);
        if (!rows.execute(true) || numbers.size() != dimension * sizeof(float)) continue;
        std::memcpy(&out[i * dimension], numbers.data(), numbers.size());
        found[i] = true;
      }
    });
    return found;
  }

  void put(std::string_view space, std::span<const Digest> keys, std::size_t dimension,
           std::span<const float> rows) override {
    const std::string own_space(space);
    std::string digest, numbers;
    database_.write([&](soci::session& session) {
      soci::statement insert = (session.prepare << "INSERT OR IGNORE INTO features (space, digest, numbers) VALUES "
                                                   "(:space, CAST(:digest AS BLOB), CAST(:numbers AS BLOB))",
                                use(own_space), use(digest), use(numbers));
      for (std::size_t i = 0; i < keys.size(); ++i) {
        digest = sql::to_bytes(keys[i]);
        numbers.assign(reinterpret_cast<const char*>(&rows[i * dimension]), dimension * sizeof(float));
        insert.execute(true);
      }
      evict(session);
    });
  }

  void remove_space(std::string_view space) override {
    const std::string wanted(space);
    database_.write(
        [&](soci::session& session) { session << "DELETE FROM features WHERE space = :space", use(wanted); });
  }

  std::int64_t size_bytes() override {
    return database_.read([](soci::session& session) { return total(session); });
  }

 private:
  static std::int64_t total(soci::session& session) {
    std::int64_t bytes = 0;
    session << "SELECT bytes FROM total", into(bytes);
    return bytes;
  }

  void evict(soci::session& session) const {
    std::int64_t bytes = total(session);
    if (bytes <= max_bytes_) return;
    const auto kept = static_cast<std::int64_t>(kKeptShare * static_cast<double>(max_bytes_));
    while (bytes > kept) {
      session << "DELETE FROM features WHERE row_id IN (SELECT row_id FROM features ORDER BY row_id LIMIT "
                 "(SELECT min(:most, max(1, count(*) / 16)) FROM features))",
          use(kEvictRows);
      const std::int64_t left = total(session);
      if (left == bytes) return;  // nothing more to take
      bytes = left;
    }
  }

  sql::Database database_;
  std::int64_t max_bytes_;
};

void remove_files(const std::filesystem::path& file) {
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + suffix);
}

}  // namespace

std::unique_ptr<FeatureStore> open_feature_store(const std::filesystem::path& file, std::int64_t max_bytes) {
  const auto open = [&] {
    if (!std::filesystem::exists(file)) sql::Database::create(file);
    return std::make_unique<SqlFeatureStore>(file, max_bytes);
  };
  try {
    return open();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kCorrupt && error.code() != ErrorCode::kUnsupported) throw;
    remove_files(file);  // nothing is lost that cannot be computed again
    return open();
  }
}

}  // namespace aisle
