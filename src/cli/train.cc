#include "workflow/train.h"

#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/measure_rows.h"
#include "cli/session.h"
#include "cli/table.h"

namespace aisle {
namespace {

struct TrainOptions {
  std::string task;
  std::vector<std::string> set;
  TrainSettings settings;
};

std::string keys_help() {
  std::string text = "Keys of --set, with their defaults:\n";
  for (const ModelKind& kind : list_model_kinds()) {
    text += "  --model " + kind.name + "\n";
    for (const OptionInfo& option : kind.options)
      text += fmt::format("    {:<34} {}\n", option.key + "=" + option.default_value, option.help);
  }
  return text;
}

void run(Session& session, TrainOptions options) {
  options.settings.set = parse_pairs("--set", options.set);
  const Task task = session.task(options.task);
  const TrainOutcome outcome = train(session.context(), task, options.settings);
  const ModelVersion& version = outcome.version;
  std::vector<std::vector<std::string>> rows = {{"task", task.name},
                                                {"version", std::to_string(version.version)},
                                                {"serves as", version.aliases.empty() ? "-" : version.aliases.front()},
                                                {"snapshot", std::to_string(version.snapshot)},
                                                {"test items", std::to_string(version.items)},
                                                {"classes", std::to_string(version.classes)}};
  add_measure_rows(rows, version.measures);
  rows.push_back({"training", fmt::format("{:.2f} s", version.train_seconds)});
  rows.push_back({"peak memory", format_bytes(static_cast<double>(version.peak_memory_bytes))});
  rows.push_back({"model", format_bytes(static_cast<double>(version.model_bytes))});
  std::string text = format_table(rows);
  if (version.items == 0) text += "There is no test part, so nothing could be measured.\n";
  if (version.aliases != std::vector<std::string>{"production"})
    text += "Next: aisle models promote --task " + task.name + "\n";
  Json document = to_json(version);
  document["task"] = task.name;
  session.print(document, text);
}

}  // namespace

void add_train(Command app, Session& session) {
  Command command = app.subcommand("train", "Train a model on the certified items and measure it on the test part");
  const auto options = std::make_shared<TrainOptions>();
  command.option("--task", options->task).required();
  command.option("--model", options->settings.model, "Kind of model").shows_default();
  command.option("--set", options->set, "key=value; the keys stand below").one_each();
  command.option("--seed", options->settings.seed, "The same seed and --threads 1 give the same model")
      .not_negative()
      .shows_default();
  command.option("--threads", options->settings.threads, "0: all cores").between(0, 256).shows_default();
  command.footer(keys_help);
  command.runs([&session, options] { run(session, *options); });
}

}  // namespace aisle
