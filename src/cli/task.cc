#include "workflow/tasks.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "cli/table.h"
#include "workflow/data.h"
#include "workflow/label_file.h"
#include "workflow/models.h"

namespace aisle {
namespace {

struct TaskOptions {
  std::string name;
  std::string kind;
  std::vector<std::string> text_fields;
  std::string image_field;
  std::string label_file;
};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

void add_create(Command task, Session& session, const std::shared_ptr<TaskOptions>& options) {
  Command command = task.subcommand("create", "Say what is to be predicted from which fields");
  command.option("NAME", options->name, "a-z, 0-9, '_' and '-'").required();
  command.option("--kind", options->kind, "category: one label an item; tags: any number")
      .required()
      .one_of({"category", "tags"});
  command.option("--text", options->text_fields, "The text fields, by falling importance").required().separated_by(',');
  command.option("--image", options->image_field, "The field that holds a picture's path");
  command.runs([&session, options] {
    const Task created = create_task(session.context(), {.name = options->name,
                                                         .kind = parse_task_kind(options->kind),
                                                         .text_fields = options->text_fields,
                                                         .image_field = options->image_field});
    session.print(to_json(created),
                  "Made the task " + created.name + "\nNext: aisle import --task " + created.name + " FILE");
  });
}

void add_list(Command task, Session& session) {
  task.subcommand("list", "List the tasks").runs([&session] {
    Json list = Json::array();
    std::vector<std::vector<std::string>> rows = {{"task", "kind", "fields", "certified", "proposals"}};
    for (const Task& each : list_tasks(session.context())) {
      const ItemCounts counts = count_items(session.context(), each);
      Json row = to_json(each);
      row["certified"] = counts.certified;
      row["proposals"] = counts.proposal;
      list.push_back(row);
      rows.push_back({each.name, std::string(to_string(each.kind)), joined(each.text_fields),
                      std::to_string(counts.certified), std::to_string(counts.proposal)});
    }
    session.print({{"tasks", list}}, rows.size() == 1
                                         ? "There is no task yet: aisle task create NAME --kind category --text title"
                                         : format_table(rows));
  });
}

void add_show(Command task, Session& session, const std::shared_ptr<TaskOptions>& options) {
  Command command = task.subcommand("show", "Show a task: fields, items, labels, served version");
  command.option("NAME", options->name).required();
  command.runs([&session, options] {
    const Task shown = session.task(options->name);
    const DataOverview data = describe_data(session.context(), shown);
    const auto production = find_alias(session.context(), shown, "production");
    Json document = to_json(shown);
    document["items"] = {
        {"proposal", data.counts.proposal}, {"certified", data.counts.certified}, {"rejected", data.counts.rejected}};
    document["labels"] = data.labels.size();
    document["snapshots"] = data.snapshots.size();
    document["production"] = production ? Json(*production) : Json();
    session.print(document, format_table({{"task", shown.name},
                                          {"kind", std::string(to_string(shown.kind))},
                                          {"text fields", joined(shown.text_fields)},
                                          {"image field", shown.image_field.empty() ? "-" : shown.image_field},
                                          {"certified", std::to_string(data.counts.certified)},
                                          {"proposals", std::to_string(data.counts.proposal)},
                                          {"rejected", std::to_string(data.counts.rejected)},
                                          {"labels", std::to_string(data.labels.size())},
                                          {"production", production ? std::to_string(*production) : "-"}}));
  });
}

void add_labels(Command task, Session& session, const std::shared_ptr<TaskOptions>& options) {
  Command command = task.subcommand("labels", "List a task's labels, or set the names that people read");
  command.option("NAME", options->name).required();
  command.option("FILE", options->label_file, "CSV, TSV or JSONL with the columns label and name");
  command.runs([&session, options] {
    const Task shown = session.task(options->name);
    const std::vector<LabelInfo> labels =
        options->label_file.empty()
            ? describe_data(session.context(), shown).labels
            : name_labels(session.context(), shown, read_label_file(session.context(), options->label_file));
    Json list = Json::array();
    std::vector<std::vector<std::string>> rows = {{"label", "name", "items"}};
    for (const LabelInfo& label : labels) {
      list.push_back(to_json(label));
      rows.push_back({label.label, label.name, std::to_string(label.items)});
    }
    session.print({{"task", shown.name}, {"labels", list}}, format_table(rows));
  });
}

void add_remove(Command task, Session& session, const std::shared_ptr<TaskOptions>& options) {
  Command command = task.subcommand("remove", "Remove a task with its items, snapshots, runs and models");
  command.option("NAME", options->name).required();
  command.runs([&session, options] {
    const Task removed = session.task(options->name);
    remove_task(session.context(), removed);
    session.print({{"removed", removed.name}}, "Removed the task " + removed.name);
  });
}

}  // namespace

void add_task(Command app, Session& session) {
  Command task = app.subcommand("task", "Make, list, show and remove tasks; name their labels");
  task.wants_subcommand();
  const auto options = std::make_shared<TaskOptions>();
  add_create(task, session, options);
  add_list(task, session);
  add_show(task, session, options);
  add_labels(task, session, options);
  add_remove(task, session, options);
}

}  // namespace aisle
