// Training runs as they were: parameters, environment, metrics by epoch.
#pragma once

#include <vector>

#include "workflow/context.h"

namespace aisle {

std::vector<Run> list_runs(Context& context, const Task& task);  // newest first, without epochs

// kNotFound says how to list them.
Run require_run(Context& context, const Task& task, std::int64_t number);

}  // namespace aisle
