#include "workflow/train.h"

#include <algorithm>

#include "core/error.h"
#include "core/files.h"
#include "core/parallel.h"
#include "model/classifier.h"
#include "train/evaluate.h"
#include "train/trainer.h"
#include "workflow/cached_encoders.h"
#include "workflow/environment.h"
#include "workflow/fusion_supply.h"
#include "workflow/item_pictures.h"
#include "workflow/open_registry.h"
#include "workflow/sampled_encoders.h"

namespace aisle {
namespace {

Snapshot snapshot_of(Context& context, const Task& task) {
  TrainingStore& store = *context.workspace.training;
  if (store.count_items(task.id).certified == 0) {
    const bool proposals = store.count_items(task.id).proposal > 0;
    throw Error(ErrorCode::kFailedPrecondition,
                proposals ? "no item of '" + task.name +
                                "' is certified, and only certified items train: run `aisle certify --task " +
                                task.name + " --all`"
                          : "'" + task.name + "' has no items: run `aisle import --task " + task.name +
                                " --certified FILE` (or import, then `aisle certify`)",
                {{"task", task.name}});
  }
  return store.create_snapshot(task.id, context.clock.now_ms());
}

// A run whose process is gone was killed; it says so from now on.
void close_abandoned_runs(Context& context, const Task& task) {
  TrainingStore& store = *context.workspace.training;
  for (Run& run : store.list_runs(task.id)) {
    if (run.state != RunState::kRunning || process_is_alive(run.environment)) continue;
    run.state = RunState::kFailed;
    run.failure = "the process ended before the run did";
    run.ended_ms = context.clock.now_ms();
    store.finish_run(task.id, run);
  }
}

void finish(Context& context, const Task& task, Run& run, RunState state, const std::string& failure) {
  run.state = state;
  run.failure = failure;
  run.ended_ms = context.clock.now_ms();
  run.peak_memory_bytes = static_cast<std::int64_t>(peak_memory_bytes());
  context.workspace.training->finish_run(task.id, run);
}

void train_archive(Context& context, const Task& task, const TrainSettings& settings, Run& run,
                   const std::filesystem::path& archive, EncoderSource& encoders) {
  TrainingStore& store = *context.workspace.training;
  const Stopwatch stopwatch;
  const Trainer& trainer = find_trainer(run.model);
  auto items = store.read_snapshot(task.id, run.snapshot, std::nullopt);
  if (trainer.reads_pictures(run.parameters)) items = with_pictures(std::move(items), *context.workspace.blobs);
  const std::vector<LabelInfo> labels = store.list_labels(task.id);
  SnapshotSupply supply(context.workspace, task, run.snapshot);
  const TrainRequest request{task,    labels,   *items, run.parameters, settings.seed, thread_count(settings.threads),
                             archive, encoders, &supply};
  const TrainCallbacks callbacks{context.progress, context.cancel, [&](const EpochMetrics& epoch) {
                                   run.epochs.push_back(epoch);
                                   store.add_epoch(task.id, run.number, epoch);
                                 }};
  trainer.train(request, callbacks);
  run.train_seconds = stopwatch.seconds();
}

ModelVersion draft_version(Context& context, const Task& task, const TrainSettings& settings, const Run& run,
                           const std::filesystem::path& archive, EncoderSource& encoders) {
  const auto classifier = open_classifier(archive, encoders);
  auto test = context.workspace.training->read_snapshot(task.id, run.snapshot, Split::kTest);
  if (classifier->card().reads_pictures) test = with_pictures(std::move(test), *context.workspace.blobs);
  const Evaluation evaluation =
      evaluate(*classifier, *test, thread_count(settings.threads), context.progress, context.cancel);
  return {.model = run.model,
          .snapshot = run.snapshot,
          .run = run.number,
          .items = evaluation.items,
          .classes = evaluation.classes,
          .measures = evaluation.measures,
          .train_seconds = run.train_seconds,
          .peak_memory_bytes = static_cast<std::int64_t>(peak_memory_bytes()),
          .parameters = run.parameters,
          .actor = context.actor};
}

// The version appears last, when its archive is complete and measured.
ModelVersion train_version(Context& context, const Task& task, const TrainSettings& settings, Run& run) {
  const auto archive = context.workspace.blobs->temporary_path("model");
  CachedEncoders encoders(context);
  SampledEncoders sampled(context, encoders, task, run.snapshot, thread_count(settings.threads));
  train_archive(context, task, settings, run, archive, sampled);
  const ModelVersion draft = draft_version(context, task, settings, run, archive, encoders);
  Registry registry = registry_of(context, encoders);
  return registry.add(task, draft, archive);
}

}  // namespace

std::vector<ModelKind> list_model_kinds() {
  std::vector<ModelKind> kinds;
  for (const Trainer* trainer : list_trainers()) {
    ModelKind& kind = kinds.emplace_back(ModelKind{std::string(trainer->kind()), {}});
    for (const OptionSpec& option : trainer->options())
      kind.options.push_back({option.key, option.default_value, option.help});
  }
  return kinds;
}

TrainOutcome train(Context& context, const Task& task, const TrainSettings& settings) {
  TrainingStore& store = *context.workspace.training;
  const Trainer& trainer = find_trainer(settings.model);
  Run run{.model = settings.model,
          .parameters = merge_parameters(trainer, settings.set),
          .environment = describe_environment(thread_count(settings.threads)),
          .seed = settings.seed,
          .started_ms = context.clock.now_ms()};
  run.snapshot = snapshot_of(context, task).number;
  close_abandoned_runs(context, task);
  run.number = store.start_run(task.id, run).number;
  try {
    const ModelVersion version = train_version(context, task, settings, run);
    finish(context, task, run, RunState::kDone, "");
    log_event(context, "trained", task, "{\"version\":" + std::to_string(version.version) + "}");
    return {version, run};
  } catch (const Error& error) {
    finish(context, task, run, error.code() == ErrorCode::kCancelled ? RunState::kCancelled : RunState::kFailed,
           error.what());
    throw;
  } catch (const std::exception& error) {
    finish(context, task, run, RunState::kFailed, error.what());
    throw;
  }
}

}  // namespace aisle
