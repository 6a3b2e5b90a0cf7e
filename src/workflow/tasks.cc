#include "workflow/tasks.h"

#include "core/error.h"
#include "domain/limits.h"
#include "workflow/collect.h"

namespace aisle {
namespace {

void check_label(const LabelInfo& label) {
  if (label.label.empty() || label.label.size() > limits::kLabelBytes || label.name.size() > limits::kLabelBytes) {
    throw Error(ErrorCode::kInvalidArgument,
                "a label and its name have 1 to " + std::to_string(limits::kLabelBytes) + " bytes; '" +
                    label.label.substr(0, 80) + "' has not",
                {{"label", label.label.substr(0, 80)}});
  }
}

}  // namespace

std::vector<Task> list_tasks(Context& context) {
  return context.workspace.training->list_tasks();
}

Task create_task(Context& context, Task task) {
  check_task(task);
  task.created_ms = context.clock.now_ms();
  Task created = context.workspace.training->create_task(task);
  log_event(context, "task_created", created, "{}");
  return created;
}

void remove_task(Context& context, const Task& task) {
  context.workspace.training->remove_task(task.id);
  log_event(context, "task_removed", task, "{}");
  collect_after_removal(context);
}

std::vector<LabelInfo> name_labels(Context& context, const Task& task, std::span<const LabelInfo> names) {
  for (const LabelInfo& label : names) check_label(label);
  if (names.size() > limits::kLabelsPerTask) {
    throw Error(ErrorCode::kTooLarge, "a task has at most " + std::to_string(limits::kLabelsPerTask) + " labels");
  }
  context.workspace.training->set_label_names(task.id, names);
  log_event(context, "labels_named", task, "{\"labels\":" + std::to_string(names.size()) + "}");
  return context.workspace.training->list_labels(task.id);
}

}  // namespace aisle
