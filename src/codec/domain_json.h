// JSON of the domain's types, the same on the command line and over HTTP. Undefined numbers are null.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/error.h"
#include "domain/measures.h"
#include "domain/problem.h"
#include "domain/registry_types.h"
#include "domain/task.h"

namespace aisle {

using Json = nlohmann::ordered_json;  // keys stay in the order they were written

Json to_json(const Task& task);
Json to_json(const LabelInfo& label);
Json to_json(const Snapshot& snapshot);
Json to_json(const SnapshotDiff& diff);
Json to_json(const Run& run);
Json to_json(const ModelVersion& version);
Json to_json(const Promotion& promotion);
Json to_json(const Problem& problem);
Json to_json(const ImportReport& report);
Json to_json(const Evaluation& evaluation);  // measures flat, then per_class, confusion, reliability, robustness

// Adds the measures that the contract lists to an object.
void add_measures(Json& object, const Measures& measures);

// {"error": {"code", "message", "context"}}
Json to_json(const Error& error);

// NaN and infinities become null.
Json number_or_null(double value);

// Measures as stored with a model version, there and back.
Json measures_to_json(const Measures& measures);
Measures measures_from_json(const Json& json);

}  // namespace aisle
