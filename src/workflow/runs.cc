#include "workflow/runs.h"

#include "core/error.h"

namespace aisle {

std::vector<Run> list_runs(Context& context, const Task& task) {
  return context.workspace.training->list_runs(task.id);
}

Run require_run(Context& context, const Task& task, std::int64_t number) {
  if (auto run = context.workspace.training->find_run(task.id, number)) return *run;
  throw Error(ErrorCode::kNotFound,
              "'" + task.name + "' has no run " + std::to_string(number) + "; `aisle runs list --task " + task.name +
                  "` lists them",
              {{"run", std::to_string(number)}});
}

}  // namespace aisle
