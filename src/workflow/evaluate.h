// Measures a version of a task's model, on the certified data or on a file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "domain/measures.h"
#include "domain/problem.h"
#include "workflow/context.h"
#include "workflow/reading.h"

namespace aisle {

struct EvaluateSettings {
  std::string version = "production";           // a number or an alias
  std::optional<ReadSettings> data;             // instead of the test part of the certified data; never stored
  std::optional<std::filesystem::path> report;  // where to write the HTML report
  bool robustness = false;  // measure again with damaged texts: one pass more a text field, and one for typos
  std::size_t threads = 0;
};

struct EvaluateOutcome {
  ModelVersion version;
  std::optional<Snapshot> snapshot;  // what it was measured on; none with `data`
  Evaluation evaluation;
  std::vector<Problem> problems;  // of `data`: the first rows that could not be read
  std::int64_t rejected = 0;
};

// kFailedPrecondition without a test part and without `data`; kUsage for robustness on what can be read only once.
EvaluateOutcome evaluate_version(Context& context, const Task& task, const EvaluateSettings& settings);

}  // namespace aisle
