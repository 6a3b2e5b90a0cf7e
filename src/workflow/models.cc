#include "workflow/models.h"

#include <fmt/format.h>

#include "core/digest.h"
#include "core/error.h"
#include "core/parallel.h"
#include "model/classifier.h"
#include "train/evaluate.h"
#include "workflow/cached_encoders.h"
#include "workflow/collect.h"
#include "workflow/item_pictures.h"
#include "workflow/open_registry.h"

namespace aisle {
namespace {

Contender measure(Context& context, const Task& task, const ModelVersion& version, const Snapshot& snapshot) {
  CachedEncoders encoders(context);
  const auto classifier = registry_of(context, encoders).open(version);
  auto test = context.workspace.training->read_snapshot(task.id, snapshot.number, Split::kTest);
  if (classifier->card().reads_pictures) test = with_pictures(std::move(test), *context.workspace.blobs);
  const Evaluation evaluation = evaluate(*classifier, *test, thread_count(0), context.progress, context.cancel);
  return {version.version, snapshot.number, evaluation.items, evaluation.measures};
}

bool is_unreadable(ErrorCode code) {
  return code == ErrorCode::kUnsupported || code == ErrorCode::kCorrupt || code == ErrorCode::kNotFound;
}

// What serves may be a file that this program cannot read: then it has no measures, and says why.
Contender measure_production(Context& context, const Task& task, const ModelVersion& version, const Snapshot& snapshot,
                             std::int64_t items, std::string& problem) {
  try {
    return measure(context, task, version, snapshot);
  } catch (const Error& error) {
    if (!is_unreadable(error.code())) throw;
    problem = fmt::format("; version {} cannot be opened: {}", version.version, error.what());
    return {version.version, snapshot.number, items, {}};
  }
}

PromoteOutcome outcome_of(const Task& task, const GateVerdict& verdict, const Snapshot& snapshot) {
  return {.version = verdict.candidate,
          .previous = verdict.production,
          .snapshot = snapshot,
          .measure = task.kind == TaskKind::kTags ? "micro_f1" : "weighted_f1",
          .score = verdict.candidate_score,
          .previous_score = verdict.production_score,
          .reason = verdict.words};
}

}  // namespace

std::vector<ModelVersion> list_models(Context& context, const Task& task) {
  return registry_of(context).list(task);
}

std::vector<Promotion> list_promotions(Context& context, const Task& task) {
  return context.workspace.training->list_promotions(task.id);
}

std::optional<std::int64_t> find_alias(Context& context, const Task& task, std::string_view alias) {
  return context.workspace.training->resolve_alias(task.id, alias);
}

ModelVersion require_version(Context& context, const Task& task, std::string_view version) {
  return registry_of(context).resolve(task, version);
}

std::vector<MemberWeight> list_members(Context& context, const ModelVersion& version) try {
  const ModelCard card = read_model_card(context.workspace.blobs->path_of(Digest::from_hex(version.archive)));
  std::vector<MemberWeight> members;
  for (std::size_t m = 0; m < card.members.size(); ++m) {
    members.push_back({card.members[m]});
    if (!card.member_weights.empty()) members.back().weight = static_cast<double>(card.member_weights[m]);
  }
  return members;
} catch (const Error& error) {
  if (!is_unreadable(error.code())) throw;
  return {};
}

PromoteOutcome promote_version(Context& context, const Task& task, std::string_view version, bool force) {
  Registry registry = registry_of(context);
  const ModelVersion candidate = registry.resolve(task, version);
  const ModelVersion production = registry.resolve(task, kProduction);
  if (candidate.version == production.version) {
    throw Error(ErrorCode::kFailedPrecondition,
                "version " + std::to_string(candidate.version) + " is production already");
  }
  const Snapshot snapshot = context.workspace.training->create_snapshot(task.id, context.clock.now_ms());
  const Contender wanted = measure(context, task, candidate, snapshot);
  std::string problem;
  const Contender serving = measure_production(context, task, production, snapshot, wanted.items, problem);
  GateVerdict verdict = compare(task.kind, wanted, serving);
  verdict.words += problem;
  PromoteOutcome outcome = outcome_of(task, verdict, snapshot);
  if (!verdict.better && !force) {
    outcome.reason += "; production stays. Use --force to serve it all the same";
    return outcome;
  }
  registry.promote(task, verdict, context.actor, force);
  log_event(context, "promotion", task,
            fmt::format(R"({{"version":{},"previous":{}}})", verdict.candidate, verdict.production));
  outcome.promoted = true;
  return outcome;
}

ModelVersion roll_back(Context& context, const Task& task) {
  const Promotion promotion = registry_of(context).rollback(task, context.actor);
  log_event(context, "rollback", task,
            fmt::format(R"({{"version":{},"previous":{}}})", promotion.version, promotion.previous));
  return require_version(context, task, std::to_string(promotion.version));
}

void remove_version(Context& context, const Task& task, const ModelVersion& version) {
  registry_of(context).remove(task, std::to_string(version.version));
  log_event(context, "version_removed", task, fmt::format(R"({{"version":{}}})", version.version));
  collect_after_removal(context);
}

}  // namespace aisle
