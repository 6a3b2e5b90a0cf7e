#include "codec/backbone_json.h"
#include "core/error.h"
#include "storage/sql/training_store.h"

namespace aisle::sql {

using soci::into;
using soci::use;

namespace {

// With an empty name: all, by name.
std::vector<Backbone> read_backbones(soci::session& session, const std::string& name) {
  Backbone row;
  std::string digest, manifest;
  soci::statement rows = (session.prepare << "SELECT name, digest, manifest, source, actor, created_ms FROM backbones"
                                             " WHERE :name = '' OR name = :same ORDER BY name",
                          use(name), use(name), into(row.name), into(digest), into(manifest), into(row.source),
                          into(row.actor), into(row.created_ms));
  rows.execute();
  std::vector<Backbone> backbones;
  while (rows.fetch()) {
    row.digest = Digest::from_hex(digest);
    row.manifest = parse_manifest(manifest);
    backbones.push_back(row);
  }
  return backbones;
}

}  // namespace

void SqlTrainingStore::add_backbone(const Backbone& backbone) {
  check_backbone_name(backbone.name);
  database_.write([&](soci::session& session) {
    if (!read_backbones(session, backbone.name).empty())
      throw Error(ErrorCode::kAlreadyExists, "there is a backbone '" + backbone.name + "' already");
    const std::string digest = backbone.digest.hex(), manifest = manifest_text(backbone.manifest);
    session << "INSERT INTO backbones (name, digest, manifest, source, actor, created_ms)"
               " VALUES (:name, :digest, :manifest, :source, :actor, :created)",
        use(backbone.name), use(digest), use(manifest), use(backbone.source), use(backbone.actor),
        use(backbone.created_ms);
  });
}

std::optional<Backbone> SqlTrainingStore::find_backbone(std::string_view name) {
  if (name.empty()) return std::nullopt;
  auto found = database_.read([&](soci::session& session) { return read_backbones(session, std::string(name)); });
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<Backbone> SqlTrainingStore::list_backbones() {
  return database_.read([&](soci::session& session) { return read_backbones(session, ""); });
}

void SqlTrainingStore::remove_backbone(std::string_view name) {
  const std::string key(name);
  database_.write([&](soci::session& session) {
    if (key.empty() || read_backbones(session, key).empty())
      throw Error(ErrorCode::kNotFound, "there is no backbone '" + key.substr(0, 80) + "'");
    session << "DELETE FROM backbones WHERE name = :name", use(key);
  });
}

}  // namespace aisle::sql
