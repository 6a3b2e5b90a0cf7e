#include "workflow/import.h"

#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/read_flags.h"
#include "cli/session.h"
#include "cli/table.h"
#include "core/error.h"

namespace aisle {
namespace {

constexpr std::size_t kShownProblems = 20;

struct ImportOptions {
  std::string task;
  std::string rejects;
  ImportSettings settings;
};

std::string summary(const ImportReport& report) {
  std::string text = fmt::format(
      "{} rows in {:.1f} s: {} added, {} updated, {} unchanged, {} skipped as duplicates, {} rejected; {} newly "
      "certified\n",
      report.rows, report.seconds, report.added, report.updated, report.unchanged, report.skipped, report.rejected,
      report.certified);
  for (const auto& [kind, count] : report.by_kind) text += fmt::format("  {:<22} {}\n", kind, count);
  std::size_t shown = 0;
  for (const Problem& problem : report.problems) {
    if (severity_of(problem.kind) != Severity::kRejected || ++shown > kShownProblems) continue;
    text += fmt::format("{}:{}{}: {}: {}\n", problem.file, problem.row,
                        problem.column.empty() ? "" : " (" + problem.column + ")", to_string(problem.kind),
                        problem.message);
  }
  if (!report.problems.empty()) text += "Every problem with its row stands in the report of --json.\n";
  if (!report.stored) text += "Nothing was stored.\n";
  return text;
}

void run(Session& session, ImportOptions options) {
  const Task task = session.task(options.task);
  if (!options.rejects.empty()) options.settings.rejects = options.rejects;
  const ImportReport report = import_items(session.context(), task, options.settings);
  Json document = {{"task", task.name}};
  document.update(to_json(report));
  session.print(document, summary(report));
  if (report.rejected > 0) session.exit_status = error_traits(ErrorCode::kRejectedRows).exit_status;
}

}  // namespace

void add_import(Command app, Session& session) {
  Command command = app.subcommand("import", "Read, check and store items; bad rows are reported and left out");
  const auto options = std::make_shared<ImportOptions>();
  ImportSettings& settings = options->settings;
  command.option("--task", options->task).required();
  command.option("FILE", settings.read.sources, "Files, folders of pictures, - or a database's URL").required();
  add_read_flags(command, settings.read);
  command.flag("--certified", settings.certified, "The labels are right: certify the items");
  command.flag("--strict", settings.strict, "Import nothing if any row is rejected");
  command.flag("--dry-run", settings.dry_run, "Check and report, store nothing");
  command.option("--rejects", options->rejects, "Write rejected rows here, to be mended and imported again");
  command.option("--threads", settings.threads, "0: all cores").between(0, 256);
  command.runs([&session, options] { run(session, *options); });
}

}  // namespace aisle
