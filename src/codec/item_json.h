// One item as a line of JSON, in the form that import reads.
#pragma once

#include <string>

#include "domain/item.h"
#include "domain/task.h"

namespace aisle {

// Appends {"id", <fields>, "label", "group", "split"}; what is empty is left out, but for the fields. No line end.
void append_item_json(const Task& task, const Item& item, std::string& out);

}  // namespace aisle
