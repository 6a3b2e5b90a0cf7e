// Reads, checks and stores items. Batches of rows are inspected in parallel and stored in one transaction each, so
// that what was reported as done is on disk and memory does not grow with the file but for the fingerprints.
#pragma once

#include <filesystem>
#include <optional>

#include "domain/problem.h"
#include "workflow/context.h"
#include "workflow/reading.h"

namespace aisle {

struct ImportSettings {
  ReadSettings read;
  bool certified = false;
  bool strict = false;  // nothing at all when any row is rejected
  bool dry_run = false;
  std::optional<std::filesystem::path> rejects;  // where rejected rows go, as they were
  std::size_t threads = 0;
};

ImportReport import_items(Context& context, const Task& task, const ImportSettings& settings);

}  // namespace aisle
