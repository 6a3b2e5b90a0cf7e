#include "workflow/models.h"

#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/export_options.h"
#include "cli/measure_rows.h"
#include "cli/session.h"
#include "cli/table.h"
#include "core/clock.h"
#include "core/error.h"

namespace aisle {
namespace {

struct ModelOptions {
  std::string task;
  std::string version;
  bool force = false;
  ExportSettings exported;
};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text.empty() ? "-" : text;
}

void list(Session& session, const ModelOptions& options) {
  const Task task = session.task(options.task);
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows = {
      {"version", "model", "serves as", "snapshot", "accuracy", "weighted F1", "micro F1", "size", "created"}};
  for (const ModelVersion& version : list_models(session.context(), task)) {
    list.push_back(to_json(version));
    rows.push_back({std::to_string(version.version), version.model, joined(version.aliases),
                    std::to_string(version.snapshot), format_measure(version.measures.accuracy),
                    format_measure(version.measures.weighted_f1), format_measure(version.measures.micro_f1),
                    format_bytes(static_cast<double>(version.model_bytes)), format_utc(version.created_ms)});
  }
  session.print({{"task", task.name}, {"models", list}},
                list.empty() ? "no model yet: aisle train --task " + task.name : format_table(rows));
}

Json promotions_of(Context& context, const Task& task, std::int64_t version) {
  Json history = Json::array();
  for (const Promotion& promotion : list_promotions(context, task)) {
    if (promotion.version == version || promotion.previous == version) history.push_back(to_json(promotion));
  }
  return history;
}

void show(Session& session, const ModelOptions& options) {
  const Task task = session.task(options.task);
  const ModelVersion version =
      require_version(session.context(), task, options.version.empty() ? "production" : options.version);
  Json document = to_json(version);
  document["task"] = task.name;
  document["promotions"] = promotions_of(session.context(), task, version.version);
  std::vector<std::vector<std::string>> rows = {
      {"version", std::to_string(version.version)}, {"model", version.model},
      {"serves as", joined(version.aliases)},       {"snapshot", std::to_string(version.snapshot)},
      {"run", std::to_string(version.run)},         {"test items", std::to_string(version.items)},
      {"classes", std::to_string(version.classes)}};
  add_measure_rows(rows, version.measures);
  for (const MemberWeight& member : list_members(session.context(), version)) {
    rows.push_back({"member " + member.name, "weight " + format_measure(member.weight)});
    document["members"].push_back({{"model", member.name}, {"weight", number_or_null(member.weight)}});
  }
  for (const auto& [key, value] : version.parameters) rows.push_back({"set " + key, value});
  for (const Json& row : document["promotions"]) {
    rows.push_back(
        {row["action"].get<std::string>(),
         fmt::format("{} to version {} by {}: {}", row["when"].get<std::string>(), row["version"].get<std::int64_t>(),
                     row["who"].get<std::string>(), row["reason"].get<std::string>())});
  }
  session.print(document, format_table(rows));
}

void promote(Session& session, const ModelOptions& options) {
  const Task task = session.task(options.task);
  const PromoteOutcome outcome =
      promote_version(session.context(), task, options.version.empty() ? "candidate" : options.version, options.force);
  const Json document = {{"task", task.name},
                         {"promoted", outcome.promoted},
                         {"version", outcome.version},
                         {"previous", outcome.previous == 0 ? Json() : Json(outcome.previous)},
                         {"snapshot", outcome.snapshot ? Json(outcome.snapshot->number) : Json()},
                         {"measure", outcome.measure},
                         {"score", number_or_null(outcome.score)},
                         {"previous_score", number_or_null(outcome.previous_score)},
                         {"reason", outcome.reason}};
  session.print(document, outcome.reason);
  if (!outcome.promoted) session.exit_status = error_traits(ErrorCode::kPromotionRefused).exit_status;
}

void rollback(Session& session, const ModelOptions& options) {
  const Task task = session.task(options.task);
  const ModelVersion now = roll_back(session.context(), task);
  session.print({{"task", task.name}, {"version", now.version}},
                "Version " + std::to_string(now.version) + " is production again");
}

void remove(Session& session, const ModelOptions& options) {
  const Task task = session.task(options.task);
  const ModelVersion version = require_version(session.context(), task, options.version);
  remove_version(session.context(), task, version);
  session.print({{"task", task.name}, {"removed", version.version}},
                "Removed version " + std::to_string(version.version));
}

void export_onnx(Session& session, const ModelOptions& options) {
  const Task task = session.task(options.task);
  const ModelVersion version =
      require_version(session.context(), task, options.version.empty() ? "production" : options.version);
  const ExportResult result = export_version(session.context(), task, version, options.exported);
  print_export(session, {{"task", task.name}, {"version", version.version}}, result, options.exported);
}

using Action = void (*)(Session&, const ModelOptions&);

Command add_verb(Command models, Session& session, const std::shared_ptr<ModelOptions>& options, const char* name,
                 const char* help, Action action) {
  Command command = models.subcommand(name, help);
  command.option("--task", options->task).required();
  command.runs([&session, options, action] { action(session, *options); });
  return command;
}

}  // namespace

void add_models(Command app, Session& session) {
  Command models = app.subcommand("models", "List, show, promote, roll back, export and remove versions");
  models.wants_subcommand();
  const auto options = std::make_shared<ModelOptions>();
  add_verb(models, session, options, "list", "List the versions of a task", list);
  add_verb(models, session, options, "show", "Show one version and who promoted it", show)
      .option("VERSION", options->version, "Number or alias; production unless given");
  Command promoted = add_verb(models, session, options, "promote",
                              "Serve a version, if it is better than the one that serves", promote);
  promoted.option("VERSION", options->version, "Number or alias; candidate unless given");
  promoted.flag("--force", options->force, "Also when it is not better");
  add_verb(models, session, options, "rollback", "Serve the version before again", rollback);
  Command exported = add_verb(models, session, options, "export",
                              "Write a version with its network as a file for other programs", export_onnx);
  exported.option("VERSION", options->version, "Number or alias; production unless given");
  add_export_options(exported, options->exported);
  add_verb(models, session, options, "remove", "Remove a version that does not serve", remove)
      .option("VERSION", options->version, "Number or alias")
      .required();
}

}  // namespace aisle
