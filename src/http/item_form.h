// Reads the item of a form (multipart/form-data): a part for each of the task's fields, the picture as it is in its
// file. `designation` and `description` stand for the first and the second text field of a task that calls them
// otherwise.
#pragma once

#include <string>
#include <string_view>

#include "http/item_body.h"

namespace aisle::http {

// As ItemBodyReader::read(), with the same errors; `parameters` are those of the body's Content-Type.
void read_item_form(std::string_view body, std::string_view parameters, const Task& task, ItemBodyReader::Keys keys,
                    Item& item, ItemBodyReader::Pictures pictures);

// The part "task", "" where there is none.
std::string task_of_form(std::string_view body, std::string_view parameters);

}  // namespace aisle::http
