#include "workflow/runs.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

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

void add_runs(CLI::App& app, Session& session) {
  CLI::App* runs = app.add_subcommand("runs", "Look at training runs: parameters, environment, metrics by epoch");
  runs->require_subcommand(1);
  const auto options = std::make_shared<RunOptions>();
  CLI::App* listed = runs->add_subcommand("list", "List the runs of a task");
  listed->add_option("--task", options->task)->required();
  listed->callback([&session, options] { list(session, *options); });
  CLI::App* shown = runs->add_subcommand("show", "Show one run");
  shown->add_option("--task", options->task)->required();
  shown->add_option("RUN", options->run)->required();
  shown->callback([&session, options] { show(session, *options); });
}

}  // namespace aisle
