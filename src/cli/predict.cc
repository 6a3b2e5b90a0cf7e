#include "workflow/predict.h"

#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/read_flags.h"
#include "cli/session.h"
#include "cli/table.h"
#include "core/error.h"
#include "core/files.h"
#include "domain/limits.h"

namespace aisle {
namespace {

struct PredictOptions {
  std::string task;
  std::string version = "production";
  std::vector<std::string> fields;
  std::string image;
  std::string input;
  std::string output;
  PredictFileSettings file;
};

std::string members_table(const Json& members) {
  std::vector<std::vector<std::string>> rows = {{"member", "label", "name", "probability", "ms"}};
  for (const Json& row : members) {
    const bool known = !row["label"].is_null();
    rows.push_back({row["model"].get<std::string>(), known ? row["label"].get<std::string>() : "-",
                    known ? row["name"].get<std::string>() : "knows nothing of it",
                    known ? format_measure(row["probability"].get<double>()) : "-",
                    fmt::format("{:.2f}", row["latency_ms"].get<double>())});
  }
  return format_table(rows);
}

// The answer for people is made of the answer's JSON, so that both say the same.
std::string text_of(const Json& answer) {
  std::vector<std::vector<std::string>> rows = {{"label", "name", "probability", ""}};
  for (const Json& row : answer["predictions"]) {
    rows.push_back({row["label"].get<std::string>(), row["name"].get<std::string>(),
                    format_measure(row["probability"].get<double>()), row["selected"].get<bool>() ? "*" : ""});
  }
  std::string text = format_table(rows) + answer["decision"].get<std::string>() + "\n";
  if (const auto members = answer.find("members"); members != answer.end()) text += "\n" + members_table(*members);
  if (const auto explanation = answer.find("explanation"); explanation != answer.end()) {
    std::vector<std::vector<std::string>> words = {{"field", "text", "weight"}};
    for (const Json& word : (*explanation)["evidence"]) {
      words.push_back({word["field"].get<std::string>(), word["text"].get<std::string>(),
                       fmt::format("{:+.3f}", word["weight"].get<double>())});
    }
    text += "What spoke for " + (*explanation)["label"].get<std::string>() + ":\n" + format_table(words);
  }
  return text;
}

void predict_item(Session& session, const PredictOptions& options, const LoadedModel& model) {
  OneItem item{parse_pairs("--field", options.fields), {}};
  if (!options.image.empty()) item.picture = read_file(options.image, limits::kPictureBytes);
  const std::string answer = predict_one(model, item, options.file.top_k, options.file.explain, options.file.threads);
  const Json document = Json::parse(answer);
  session.print(document, text_of(document));
}

PredictFileResult predict_to(Session& session, const PredictOptions& options, const LoadedModel& model) {
  if (options.output.empty()) return predict_file(session.context(), model, options.file, session.out());
  // Beside the wanted file, and renamed at the end: nobody reads a part of the answers.
  const std::filesystem::path part = options.output + ".part";
  std::ofstream file(part, std::ios::binary);
  if (!file) throw errno_error("cannot write", part.string());
  const PredictFileResult result = predict_file(session.context(), model, options.file, file);
  file.close();
  if (!file) throw errno_error("cannot write", part.string());
  publish_file(part, options.output);
  return result;
}

// As over HTTP: a task with pictures takes one, and a model that reads text alone does not look at it.
void mind_picture(Session& session, const PredictOptions& options, const LoadedModel& model) {
  if (model.task.image_field.empty()) {
    throw Error(ErrorCode::kUsage, "the task '" + model.task.name + "' has no pictures; leave --image out");
  }
  if (model.classifier->card().reads_pictures) return;
  if (options.fields.empty()) {
    throw Error(ErrorCode::kUsage,
                "version " + std::to_string(model.version.version) + " reads text alone; give some with --field");
  }
  session.say(fmt::format("version {} reads text alone; the picture is not used", model.version.version));
}

void run(Session& session, PredictOptions options) {
  if (options.input.empty() == (options.fields.empty() && options.image.empty())) {
    throw Error(ErrorCode::kUsage,
                "give one item with --field name=value (or --image), or a file of them with --input");
  }
  const LoadedModel model = load_model(session.context(), session.task(options.task), options.version);
  if (!options.image.empty()) mind_picture(session, options, model);
  if (options.input.empty()) return predict_item(session, options, model);
  options.file.read.sources = {options.input};
  const PredictFileResult result = predict_to(session, options, model);
  if (!options.output.empty()) session.say(fmt::format("{} answers in {}", result.items, options.output));
  if (result.rejected > 0) {
    session.say(fmt::format("{} rows could not be read; their lines say why", result.rejected));
    session.exit_status = error_traits(ErrorCode::kRejectedRows).exit_status;
  }
}

}  // namespace

void add_predict(Command app, Session& session) {
  Command command = app.subcommand("predict", "Answer for one item, or for a file of them");
  const auto options = std::make_shared<PredictOptions>();
  command.option("--task", options->task).required();
  command.option("--field", options->fields, "name=value, once a field").one_each();
  command.option("--image", options->image, "A picture's file").existing_file();
  command.option("--input", options->input, "A file of items, or - with --format; the answers are JSONL");
  command.option("--output", options->output, "Where the answers go instead of standard output").needs("--input");
  command.option("--top", options->file.top_k, "How many labels to show").between(1, limits::kTopK).shows_default();
  command.option("--version", options->version, "Number or alias").shows_default();
  command.option("--threads", options->file.threads, "0: all cores").between(0, 256);
  command.flag("--explain", options->file.explain, "Show the words that spoke for the answer");
  add_read_flags(command, options->file.read);
  command.runs([&session, options] { run(session, *options); });
}

}  // namespace aisle
