// The SQL that shows items, apart so that a test can ask the database how it would run it.
#pragma once

#include <string>

#include "storage/store.h"

namespace aisle::sql {

// Parameters: task, id. Columns: kItemColumns.
std::string find_query();

// Parameters: task, after_id, the state if the filter has one, the label if it has one, limit. Walks the label's
// items, or an index of the task's that holds state and id, so that a page costs the same in a million items.
std::string list_query(const ItemFilter& filter);

}  // namespace aisle::sql
