#include "workflow/evaluate.h"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/measure_rows.h"
#include "cli/read_flags.h"
#include "cli/session.h"
#include "cli/table.h"
#include "core/error.h"

namespace aisle {
namespace {

struct EvaluateOptions {
  std::string task;
  std::string report;
  ReadSettings data;
  EvaluateSettings settings;
};

Json document_of(const Task& task, const EvaluateOutcome& outcome) {
  Json document = {{"task", task.name}, {"version", outcome.version.version}, {"model", outcome.version.model}};
  document["snapshot"] = outcome.snapshot ? Json(outcome.snapshot->number) : Json();
  document.update(to_json(outcome.evaluation));
  document["train_seconds"] = number_or_null(outcome.version.train_seconds);
  document["peak_memory_bytes"] = outcome.version.peak_memory_bytes;
  document["model_bytes"] = outcome.version.model_bytes;
  document["rejected"] = outcome.rejected;
  return document;
}

void run(Session& session, EvaluateOptions options) {
  const Task task = session.task(options.task);
  if (!options.data.sources.empty()) options.settings.data = options.data;
  if (!options.report.empty()) options.settings.report = options.report;
  const EvaluateOutcome outcome = evaluate_version(session.context(), task, options.settings);
  std::vector<std::vector<std::string>> rows = {
      {"task", task.name},
      {"version", std::to_string(outcome.version.version)},
      {"snapshot", outcome.snapshot ? std::to_string(outcome.snapshot->number) : "-"},
      {"items", std::to_string(outcome.evaluation.items)},
      {"classes", std::to_string(outcome.evaluation.classes)}};
  add_measure_rows(rows, outcome.evaluation.measures);
  if (outcome.evaluation.items > 0)
    rows.push_back({"us an item", fmt::format("{:.1f}", microseconds_an_item(outcome.evaluation))});
  std::string text = format_table(rows) + robustness_text(outcome.evaluation, task.kind);
  if (outcome.rejected > 0) text += std::to_string(outcome.rejected) + " rows could not be read and were left out\n";
  if (!options.report.empty()) text += "Report: " + options.report + "\n";
  session.print(document_of(task, outcome), text);
  for (const Problem& problem : outcome.problems)
    session.say(problem.file + ":" + std::to_string(problem.row) + ": " + problem.message);
  if (outcome.rejected > 0) session.exit_status = error_traits(ErrorCode::kRejectedRows).exit_status;
}

}  // namespace

void add_evaluate(Command app, Session& session) {
  Command command =
      app.subcommand("evaluate", "Measure a version on the test part of the certified data, or on a file");
  const auto options = std::make_shared<EvaluateOptions>();
  command.option("--task", options->task).required();
  command.option("--version", options->settings.version, "Number or alias").shows_default();
  command.option("--report", options->report, "Write a report for people: one HTML file");
  command.flag("--robustness", options->settings.robustness,
               "Measure again with each text field missing in turn, and with typos in 5 % of the letters");
  command.option("--threads", options->settings.threads, "0: all cores").between(0, 256);
  command.option("--data", options->data.sources, "Labelled items to measure on; they are not stored").one_each();
  add_read_flags(command, options->data);
  command.runs([&session, options] { run(session, *options); });
}

}  // namespace aisle
