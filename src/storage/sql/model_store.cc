#include "core/error.h"
#include "storage/sql/parameters.h"
#include "storage/sql/training_store.h"

namespace aisle::sql {

using soci::into;
using soci::use;

namespace {

constexpr const char* kProduction = "production";
constexpr const char* kCandidate = "candidate";

std::int64_t alias_version(soci::session& session, std::int64_t task, const std::string& alias) {
  std::int64_t version = 0;
  session << "SELECT version FROM aliases WHERE task_id = :task AND alias = :alias", use(task), use(alias),
      into(version);
  return session.got_data() ? version : 0;
}

void drop_alias(soci::session& session, std::int64_t task, const std::string& alias) {
  session << "DELETE FROM aliases WHERE task_id = :task AND alias = :alias", use(task), use(alias);
}

void set_alias(soci::session& session, std::int64_t task, const std::string& alias, std::int64_t version) {
  drop_alias(session, task, alias);
  session << "INSERT INTO aliases (task_id, alias, version) VALUES (:task, :alias, :version)", use(task), use(alias),
      use(version);
}

std::vector<std::string> aliases_of(soci::session& session, std::int64_t task, std::int64_t version) {
  std::string alias;
  soci::statement rows =
      (session.prepare << "SELECT alias FROM aliases WHERE task_id = :task AND version = :version ORDER BY alias",
       use(task), use(version), into(alias));
  rows.execute();
  std::vector<std::string> aliases;
  while (rows.fetch()) aliases.push_back(alias);
  return aliases;
}

// With number 0: all, newest first.
std::vector<ModelVersion> read_versions(soci::session& session, std::int64_t task, std::int64_t number) {
  ModelVersion row;
  std::string measures, parameters;
  NullableNumber seconds;
  soci::statement rows =
      (session.prepare
           << "SELECT version, model, snapshot, run, archive, model_bytes, items, classes, measures, train_seconds,"
              " peak_memory_bytes, parameters, actor, created_ms FROM versions"
              " WHERE task_id = :task AND (:number = 0 OR version = :same) ORDER BY version DESC",
       use(task), use(number), use(number), into(row.version), into(row.model), into(row.snapshot), into(row.run),
       into(row.archive), into(row.model_bytes), into(row.items), into(row.classes), into(measures),
       into(seconds.value, seconds.indicator), into(row.peak_memory_bytes), into(parameters), into(row.actor),
       into(row.created_ms));
  rows.execute();
  std::vector<ModelVersion> versions;
  while (rows.fetch()) {
    row.measures = decode_measures(measures);
    row.train_seconds = seconds.get();
    row.parameters = decode_parameters(parameters);
    row.aliases = aliases_of(session, task, row.version);
    versions.push_back(row);
  }
  return versions;
}

void insert_version(soci::session& session, std::int64_t task, const ModelVersion& version) {
  const std::string measures = encode_measures(version.measures);
  const std::string parameters = encode_parameters(version.parameters);
  NullableNumber seconds(version.train_seconds);
  session << "INSERT INTO versions (task_id, version, model, snapshot, run, archive, model_bytes, items, classes, "
             "measures, train_seconds,"
             " peak_memory_bytes, parameters, actor, created_ms) VALUES (:task, :version, :model, :snapshot, :run, "
             ":archive, :bytes, :items,"
             " :classes, :measures, :seconds, :peak, :parameters, :actor, :created)",
      use(task), use(version.version), use(version.model), use(version.snapshot), use(version.run),
      use(version.archive), use(version.model_bytes), use(version.items), use(version.classes), use(measures),
      use(seconds.value, seconds.indicator), use(version.peak_memory_bytes), use(parameters), use(version.actor),
      use(version.created_ms);
}

void insert_promotion(soci::session& session, std::int64_t task, const Promotion& promotion) {
  const std::int64_t sequence = take_number(session, task, "last_promotion");
  session << "INSERT INTO promotions (task_id, sequence, version, previous, actor, time_ms, action, reason)"
             " VALUES (:task, :sequence, :version, :previous, :actor, :time, :action, :reason)",
      use(task), use(sequence), use(promotion.version), use(promotion.previous), use(promotion.actor),
      use(promotion.time_ms), use(promotion.action), use(promotion.reason);
}

void check_version(soci::session& session, std::int64_t task, std::int64_t version) {
  if (version > 0 && !read_versions(session, task, version).empty()) return;
  throw Error(ErrorCode::kNotFound,
              "there is no version " + std::to_string(version) + "; `aisle models list` shows them");
}

}  // namespace

ModelVersion SqlTrainingStore::add_version(std::int64_t task, const ModelVersion& version) {
  return database_.write([&](soci::session& session) {
    ModelVersion added = version;
    added.version = take_number(session, task, "last_version");
    insert_version(session, task, added);
    const bool first = alias_version(session, task, kProduction) == 0;
    added.aliases = {first ? kProduction : kCandidate};
    set_alias(session, task, added.aliases.front(), added.version);
    if (first)
      insert_promotion(session, task,
                       {added.version, 0, added.actor, added.created_ms, "first", "the first version of the task"});
    return added;
  });
}

std::vector<ModelVersion> SqlTrainingStore::list_versions(std::int64_t task) {
  return database_.read([&](soci::session& session) { return read_versions(session, task, 0); });
}

std::optional<ModelVersion> SqlTrainingStore::find_version(std::int64_t task, std::int64_t version) {
  if (version <= 0) return std::nullopt;
  auto found = database_.read([&](soci::session& session) { return read_versions(session, task, version); });
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::optional<std::int64_t> SqlTrainingStore::resolve_alias(std::int64_t task, std::string_view alias) {
  const std::int64_t version =
      database_.read([&](soci::session& session) { return alias_version(session, task, std::string(alias)); });
  if (version == 0) return std::nullopt;
  return version;
}

void SqlTrainingStore::promote(std::int64_t task, const Promotion& promotion) {
  database_.write([&](soci::session& session) {
    check_version(session, task, promotion.version);
    const std::int64_t production = alias_version(session, task, kProduction);
    if (production != promotion.previous) {
      throw Error(ErrorCode::kFailedPrecondition, "production has become version " + std::to_string(production) +
                                                      " in the meantime; compare with that one and try again");
    }
    set_alias(session, task, kProduction, promotion.version);
    if (alias_version(session, task, kCandidate) == promotion.version) drop_alias(session, task, kCandidate);
    insert_promotion(session, task, promotion);
  });
}

std::vector<Promotion> SqlTrainingStore::list_promotions(std::int64_t task) {
  return database_.read([&](soci::session& session) {
    Promotion row;
    soci::statement rows = (session.prepare << "SELECT version, previous, actor, time_ms, action, reason FROM "
                                               "promotions WHERE task_id = :task ORDER BY sequence DESC",
                            use(task), into(row.version), into(row.previous), into(row.actor), into(row.time_ms),
                            into(row.action), into(row.reason));
    rows.execute();
    std::vector<Promotion> promotions;
    while (rows.fetch()) promotions.push_back(row);
    return promotions;
  });
}

void SqlTrainingStore::remove_version(std::int64_t task, std::int64_t version) {
  database_.write([&](soci::session& session) {
    check_version(session, task, version);
    if (alias_version(session, task, kProduction) == version) {
      throw Error(ErrorCode::kFailedPrecondition,
                  "version " + std::to_string(version) + " is in production; promote another one first");
    }
    session << "DELETE FROM aliases WHERE task_id = :task AND version = :version", use(task), use(version);
    session << "DELETE FROM versions WHERE task_id = :task AND version = :version", use(task), use(version);
  });
}

}  // namespace aisle::sql
