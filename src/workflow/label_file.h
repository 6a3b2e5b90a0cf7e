// A file of labels and the names that people read for them.
#pragma once

#include <filesystem>
#include <vector>

#include "workflow/context.h"

namespace aisle {

// CSV, TSV or JSONL with the columns `label` and `name`. kInvalidArgument with the row of the first problem.
std::vector<LabelInfo> read_label_file(Context& context, const std::filesystem::path& file);

}  // namespace aisle
