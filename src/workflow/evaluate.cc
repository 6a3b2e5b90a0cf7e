#include "workflow/evaluate.h"

#include <algorithm>

#include "core/clock.h"
#include "core/error.h"
#include "core/files.h"
#include "core/parallel.h"
#include "registry/registry.h"
#include "train/evaluate.h"
#include "workflow/file_items.h"

namespace aisle {
namespace {

Snapshot test_snapshot(Context& context, const Task& task) {
  TrainingStore& store = *context.workspace.training;
  if (store.count_items(task.id).certified > 0) {
    const Snapshot snapshot = store.create_snapshot(task.id, context.clock.now_ms());
    if (snapshot.test > 0) return snapshot;
  }
  throw Error(ErrorCode::kFailedPrecondition, "'" + task.name + "' has no test part to measure on; give labelled items with --data FILE", {{"task", task.name}});
}

void write_report(Context& context, const Task& task, const EvaluateSettings& settings, const EvaluateOutcome& outcome) {
  const std::string measured_on = outcome.snapshot ? "the test part of snapshot " + std::to_string(outcome.snapshot->number) : settings.data->sources.front();
  const ReportHeading heading{task.name + ", version " + std::to_string(outcome.version.version) + " (" + outcome.version.model + ")", measured_on,
                              format_utc(context.clock.now_ms())};
  write_file_atomically(*settings.report, html_report(heading, outcome.evaluation));
}

}  // namespace

EvaluateOutcome evaluate_version(Context& context, const Task& task, const EvaluateSettings& settings) {
  const Registry registry(*context.workspace.training, *context.workspace.blobs, context.clock);
  EvaluateOutcome outcome{.version = registry.resolve(task, settings.version)};
  const auto classifier = registry.open(outcome.version);
  const std::size_t threads = thread_count(settings.threads);
  if (settings.data) {
    FileItems items(task, *settings.data, LabelUse::kRequired);
    outcome.evaluation = evaluate(*classifier, items, threads, context.progress, context.cancel);
    outcome.problems = items.problems();
    outcome.rejected = items.rejected();
  } else {
    outcome.snapshot = test_snapshot(context, task);
    const auto items = context.workspace.training->read_snapshot(task.id, outcome.snapshot->number, Split::kTest);
    outcome.evaluation = evaluate(*classifier, *items, threads, context.progress, context.cancel);
  }
  if (settings.report) write_report(context, task, settings, outcome);
  return outcome;
}

}  // namespace aisle
