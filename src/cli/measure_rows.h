// The measures of a model as rows for people; train, evaluate and models show share them.
#pragma once

#include <string>
#include <vector>

#include "domain/measures.h"
#include "domain/task.h"

namespace aisle {

// {"accuracy", "0.7952"}, ... without those that are not defined.
void add_measure_rows(std::vector<std::vector<std::string>>& rows, const Measures& measures);

// A table of its own: what each kind of damage costs. "" where robustness was not measured.
std::string robustness_text(const Evaluation& evaluation, TaskKind kind);

}  // namespace aisle
