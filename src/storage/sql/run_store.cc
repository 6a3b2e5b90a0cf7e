#include "core/error.h"
#include "storage/sql/parameters.h"
#include "storage/sql/training_store.h"

namespace aisle::sql {

using soci::into;
using soci::use;

namespace {

constexpr const char* kStates[] = {"running", "done", "failed", "cancelled"};

RunState parse_state(const std::string& text) {
  for (int i = 0; i < 4; ++i) {
    if (text == kStates[i]) return static_cast<RunState>(i);
  }
  throw Error(ErrorCode::kCorrupt, "a stored run has the state '" + text + "'; restore the workspace from a backup");
}

std::string state_text(RunState state) {
  return kStates[static_cast<int>(state)];
}

// With number 0: all, newest first.
std::vector<Run> read_runs(soci::session& session, std::int64_t task, std::int64_t number) {
  Run run;
  std::string state, parameters, environment;
  std::int64_t seed = 0;
  NullableNumber seconds;
  soci::statement rows =
      (session.prepare
           << "SELECT number, model, state, failure, snapshot, parameters, environment, seed, started_ms, ended_ms,"
              " train_seconds, peak_memory_bytes FROM runs WHERE task_id = :task AND (:number = 0 OR number = :same)"
              " ORDER BY number DESC",
       use(task), use(number), use(number), into(run.number), into(run.model), into(state), into(run.failure),
       into(run.snapshot), into(parameters), into(environment), into(seed), into(run.started_ms), into(run.ended_ms),
       into(seconds.value, seconds.indicator), into(run.peak_memory_bytes));
  rows.execute();
  std::vector<Run> runs;
  while (rows.fetch()) {
    run.state = parse_state(state);
    run.parameters = decode_parameters(parameters);
    run.environment = decode_parameters(environment);
    run.seed = static_cast<std::uint64_t>(seed);
    run.train_seconds = seconds.get();
    runs.push_back(run);
  }
  return runs;
}

std::vector<EpochMetrics> read_epochs(soci::session& session, std::int64_t task, std::int64_t number) {
  EpochMetrics epoch;
  NullableNumber train, validation, score, seconds;
  soci::statement rows =
      (session.prepare << "SELECT epoch, train_loss, validation_loss, validation_score, seconds FROM epochs"
                          " WHERE task_id = :task AND run = :run ORDER BY epoch",
       use(task), use(number), into(epoch.epoch), into(train.value, train.indicator),
       into(validation.value, validation.indicator), into(score.value, score.indicator),
       into(seconds.value, seconds.indicator));
  rows.execute();
  std::vector<EpochMetrics> epochs;
  while (rows.fetch()) epochs.push_back({epoch.epoch, train.get(), validation.get(), score.get(), seconds.get()});
  return epochs;
}

void insert_run(soci::session& session, std::int64_t task, const Run& run) {
  const std::string state = state_text(run.state);
  const std::string parameters = encode_parameters(run.parameters);
  const std::string environment = encode_parameters(run.environment);
  const auto seed = static_cast<std::int64_t>(run.seed);
  NullableNumber seconds(run.train_seconds);
  session << "INSERT INTO runs (task_id, number, model, state, failure, snapshot, parameters, environment, seed, "
             "started_ms, ended_ms,"
             " train_seconds, peak_memory_bytes) VALUES (:task, :number, :model, :state, :failure, :snapshot, "
             ":parameters, :environment,"
             " :seed, :started, :ended, :seconds, :peak)",
      use(task), use(run.number), use(run.model), use(state), use(run.failure), use(run.snapshot), use(parameters),
      use(environment), use(seed), use(run.started_ms), use(run.ended_ms), use(seconds.value, seconds.indicator),
      use(run.peak_memory_bytes);
}

void check_run(soci::session& session, std::int64_t task, std::int64_t number) {
  int found = 0;
  session << "SELECT count(*) FROM runs WHERE task_id = :task AND number = :number", use(task), use(number),
      into(found);
  if (found == 0)
    throw Error(ErrorCode::kNotFound, "there is no run " + std::to_string(number) + "; `aisle runs list` shows them");
}

}  // namespace

Run SqlTrainingStore::start_run(std::int64_t task, const Run& run) {
  return database_.write([&](soci::session& session) {
    Run started = run;
    started.number = take_number(session, task, "last_run");
    insert_run(session, task, started);
    return started;
  });
}

void SqlTrainingStore::add_epoch(std::int64_t task, std::int64_t run, const EpochMetrics& epoch) {
  database_.write([&](soci::session& session) {
    check_run(session, task, run);
    NullableNumber train(epoch.train_loss), validation(epoch.validation_loss), score(epoch.validation_score),
        seconds(epoch.seconds);
    session << "DELETE FROM epochs WHERE task_id = :task AND run = :run AND epoch = :epoch", use(task), use(run),
        use(epoch.epoch);
    session << "INSERT INTO epochs (task_id, run, epoch, train_loss, validation_loss, validation_score, seconds)"
               " VALUES (:task, :run, :epoch, :train, :validation, :score, :seconds)",
        use(task), use(run), use(epoch.epoch), use(train.value, train.indicator),
        use(validation.value, validation.indicator), use(score.value, score.indicator),
        use(seconds.value, seconds.indicator);
  });
}

void SqlTrainingStore::finish_run(std::int64_t task, const Run& run) {
  database_.write([&](soci::session& session) {
    check_run(session, task, run.number);
    const std::string state = state_text(run.state);
    NullableNumber seconds(run.train_seconds);
    session << "UPDATE runs SET state = :state, failure = :failure, ended_ms = :ended, train_seconds = :seconds, "
               "peak_memory_bytes = :peak"
               " WHERE task_id = :task AND number = :number",
        use(state), use(run.failure), use(run.ended_ms), use(seconds.value, seconds.indicator),
        use(run.peak_memory_bytes), use(task), use(run.number);
  });
}

std::vector<Run> SqlTrainingStore::list_runs(std::int64_t task) {
  return database_.read([&](soci::session& session) { return read_runs(session, task, 0); });
}

std::optional<Run> SqlTrainingStore::find_run(std::int64_t task, std::int64_t number) {
  if (number <= 0) return std::nullopt;
  return database_.read([&](soci::session& session) -> std::optional<Run> {
    auto runs = read_runs(session, task, number);
    if (runs.empty()) return std::nullopt;
    runs.front().epochs = read_epochs(session, task, number);
    return std::move(runs.front());
  });
}

}  // namespace aisle::sql
