// Tasks and their labels.
#pragma once

#include <span>
#include <vector>

#include "workflow/context.h"

namespace aisle {

std::vector<Task> list_tasks(Context& context);  // by name
Task create_task(Context& context, Task task);
void remove_task(Context& context, const Task& task);

// Sets what people read for labels; labels without items may be named ahead. Returns all labels of the task.
std::vector<LabelInfo> name_labels(Context& context, const Task& task, std::span<const LabelInfo> names);

}  // namespace aisle
