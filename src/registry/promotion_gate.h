// Whether a version may take over: strictly better than production on the same snapshot, in weighted F1 (category)
// or micro F1 (tags). Pure: the caller evaluates both.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/measures.h"
#include "domain/task.h"

namespace aisle {

// One version's measures, and on which snapshot's test part they were taken.
struct Contender {
  std::int64_t version = 0;
  std::int64_t snapshot = 0;
  std::int64_t items = 0;
  Measures measures;
};

struct GateVerdict {
  std::int64_t candidate = 0, production = 0;  // the versions compared
  bool better = false;
  std::string_view measure;  // "weighted F1" or "micro F1"
  double candidate_score = kUndefined, production_score = kUndefined;
  std::string words;  // "version 3 has weighted F1 0.8012, version 2 (production) 0.7951, on 5091 items of snapshot 4"
};

// A score that is undefined (no test items) is not better. kInvalidArgument when the two were not measured on the
// same items.
GateVerdict compare(TaskKind kind, const Contender& candidate, const Contender& production);

}  // namespace aisle
