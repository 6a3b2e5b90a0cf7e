#include "workflow/context.h"

#include "core/error.h"

namespace aisle {

Task require_task(Context& context, std::string_view name) {
  TrainingStore& store = *context.workspace.training;
  if (auto task = store.find_task(name)) return *task;
  std::string known;
  for (const Task& task : store.list_tasks()) known += (known.empty() ? "" : ", ") + task.name;
  const std::string advice =
      known.empty() ? "there is none yet: make one with `aisle task create`" : "there are: " + known;
  throw Error(ErrorCode::kNotFound, "no task '" + std::string(name.substr(0, 80)) + "'; " + advice,
              {{"task", std::string(name.substr(0, 80))}});
}

void log_event(Context& context, std::string_view kind, const Task& task, const std::string& detail) {
  context.workspace.logs->add_event({.time_ms = context.clock.now_ms(),
                                     .kind = std::string(kind),
                                     .task = task.name,
                                     .actor = context.actor,
                                     .detail = detail});
}

bool SplitFilter::next(Item& item) {
  while (items_.next(item)) {
    if (item.split == part_) return true;
  }
  return false;
}

}  // namespace aisle
