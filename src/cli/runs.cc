#include "workflow/runs.h"

#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "cli/table.h"
#include "core/clock.h"

namespace aisle {
namespace {

struct RunOptions {
  std::string task;
  std::int64_t run = 0;
};

std::string state_of(const Run& run) {
  return to_json(run)["state"].get<std::string>();
}

std::string seconds_of(const Run& run) {
  return run.train_seconds > 0 ? fmt::format("{:.2f}", run.train_seconds) : "-";
}

void list(Session& session, const RunOptions& options) {
  const Task task = session.task(options.task);
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows = {{"run", "model", "state", "snapshot", "seconds", "started"}};
  for (const Run& run : list_runs(session.context(), task)) {
    list.push_back(to_json(run));
    rows.push_back({std::to_string(run.number), run.model, state_of(run), std::to_string(run.snapshot), seconds_of(run),
                    format_utc(run.started_ms)});
  }
  session.print({{"task", task.name}, {"runs", list}},
                list.empty() ? "no run yet: aisle train --task " + task.name : format_table(rows));
}

void show(Session& session, const RunOptions& options) {
  const Task task = session.task(options.task);
  const Run run = require_run(session.context(), task, options.run);
  std::vector<std::vector<std::string>> facts = {
      {"run", std::to_string(run.number)}, {"model", run.model}, {"state", state_of(run)}};
  if (!run.failure.empty()) facts.push_back({"why", run.failure});
  for (const auto& [key, value] : run.parameters) facts.push_back({"set " + key, value});
  for (const auto& [key, value] : run.environment) facts.push_back({key, value});
  std::vector<std::vector<std::string>> epochs = {
      {"epoch", "train loss", "validation loss", "validation score", "seconds"}};
  for (const EpochMetrics& epoch : run.epochs) {
    epochs.push_back({std::to_string(epoch.epoch), format_measure(epoch.train_loss),
                      format_measure(epoch.validation_loss), format_measure(epoch.validation_score),
                      format_measure(epoch.seconds)});
  }
  session.print(to_json(run), format_table(facts) + "\n" + format_table(epochs));
}

}  // namespace

void add_runs(Command app, Session& session) {
  Command runs = app.subcommand("runs", "Look at training runs: parameters, environment, metrics by epoch");
  runs.wants_subcommand();
  const auto options = std::make_shared<RunOptions>();
  Command listed = runs.subcommand("list", "List the runs of a task");
  listed.option("--task", options->task).required();
  listed.runs([&session, options] { list(session, *options); });
  Command shown = runs.subcommand("show", "Show one run");
  shown.option("--task", options->task).required();
  shown.option("RUN", options->run).required();
  shown.runs([&session, options] { show(session, *options); });
}

}  // namespace aisle
