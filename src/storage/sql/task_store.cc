#include "core/error.h"
#include "storage/netstring.h"
#include "storage/sql/label_book.h"
#include "storage/sql/migrate.h"
#include "storage/sql/training_store.h"

namespace aisle::sql {

using soci::into;
using soci::use;

namespace {

// The tables of a task, in the order in which they can be emptied.
constexpr const char* kTaskTables[] = {"promotions", "aliases", "versions",  "epochs", "runs",
                                       "snapshots",  "items",   "revisions", "labels", "tasks"};

std::vector<Task> read_tasks(soci::session& session, const std::string& condition, const std::string& name) {
  Task task;
  std::string kind, fields;
  soci::statement rows(session);
  rows.exchange(into(task.id));
  rows.exchange(into(task.name));
  rows.exchange(into(kind));
  rows.exchange(into(fields));
  rows.exchange(into(task.image_field));
  rows.exchange(into(task.created_ms));
  if (!condition.empty()) rows.exchange(use(name));
  rows.alloc();
  rows.prepare("SELECT task_id, name, kind, text_fields, image_field, created_ms FROM tasks " + condition +
               " ORDER BY name");
  rows.define_and_bind();
  rows.execute();
  std::vector<Task> tasks;
  while (rows.fetch()) {
    task.kind = parse_task_kind(kind);
    split_netstrings(fields, task.text_fields);
    tasks.push_back(task);
  }
  return tasks;
}

}  // namespace

struct SqlTrainingStore::Watch {
  explicit Watch(const std::filesystem::path& file) : database(file) {}
  Database database;
};

SqlTrainingStore::SqlTrainingStore(const std::filesystem::path& file) : database_(file) {
  migrate(database_, migrations_of("training"));
}

SqlTrainingStore::~SqlTrainingStore() = default;

// data_version changes on a connection when any other one has committed; it reads shared memory, no table.
std::int64_t SqlTrainingStore::change_counter() {
  const std::scoped_lock lock(watch_mutex_);
  if (!watch_) watch_ = std::make_unique<Watch>(database_.file());
  return watch_->database.plain([](soci::session& session) {
    std::int64_t version = 0;
    session << "PRAGMA data_version", into(version);
    return version;
  });
}

Task SqlTrainingStore::create_task(const Task& task) {
  check_task(task);
  return database_.write([&](soci::session& session) {
    if (!read_tasks(session, "WHERE name = :name", task.name).empty()) {
      throw Error(ErrorCode::kAlreadyExists,
                  "there is a task '" + task.name + "' already; take another name or remove it first");
    }
    Task made = task;
    const std::string kind(to_string(task.kind));
    const std::string fields = join_netstrings(task.text_fields);
    session << "SELECT coalesce(max(task_id), 0) + 1 FROM tasks", into(made.id);
    session << "INSERT INTO tasks (task_id, name, kind, text_fields, image_field, created_ms) VALUES (:id, :name, "
               ":kind, :fields, :image, :created)",
        use(made.id), use(made.name), use(kind), use(fields), use(made.image_field), use(made.created_ms);
    return made;
  });
}

std::optional<Task> SqlTrainingStore::find_task(std::string_view name) {
  auto tasks = database_.read(
      [&](soci::session& session) { return read_tasks(session, "WHERE name = :name", std::string(name)); });
  if (tasks.empty()) return std::nullopt;
  return std::move(tasks.front());
}

std::vector<Task> SqlTrainingStore::list_tasks() {
  return database_.read([](soci::session& session) { return read_tasks(session, "", ""); });
}

void SqlTrainingStore::remove_task(std::int64_t task) {
  database_.write([&](soci::session& session) {
    session << "DELETE FROM item_labels WHERE label_id IN (SELECT label_id FROM labels WHERE task_id = :task)",
        use(task);
    for (const char* table : kTaskTables) session << "DELETE FROM " << table << " WHERE task_id = :task", use(task);
  });
}

std::vector<LabelInfo> SqlTrainingStore::list_labels(std::int64_t task) {
  return database_.read([&](soci::session& session) {
    LabelInfo label;
    soci::statement rows = (session.prepare << "SELECT label, name, certified FROM labels WHERE task_id = :task AND "
                                               "(uses > 0 OR name <> '') ORDER BY label",
                            use(task), into(label.label), into(label.name), into(label.items));
    rows.execute();
    std::vector<LabelInfo> labels;
    while (rows.fetch()) {
      labels.push_back(label);
      if (label.name.empty()) labels.back().name = label.label;
    }
    return labels;
  });
}

void SqlTrainingStore::set_label_names(std::int64_t task, std::span<const LabelInfo> names) {
  database_.write([&](soci::session& session) {
    LabelBook book(session, task);
    for (const LabelInfo& label : names) {
      const std::int64_t key = book.key_of(label.label);
      session << "UPDATE labels SET name = :name WHERE label_id = :key", use(label.name), use(key);
    }
  });
}

std::int64_t take_number(soci::session& session, std::int64_t task, const std::string& counter) {
  std::int64_t number = 0;
  session << "UPDATE tasks SET " << counter << " = " << counter << " + 1 WHERE task_id = :task", use(task);
  session << "SELECT " << counter << " FROM tasks WHERE task_id = :task", use(task), into(number);
  if (!session.got_data()) throw Error(ErrorCode::kNotFound, "there is no such task any more; it was removed");
  return number;
}

}  // namespace aisle::sql
