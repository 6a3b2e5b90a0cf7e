// The measures of a model as rows for people; train, evaluate and models show share them.
#pragma once

#include <string>
#include <vector>

#include "domain/measures.h"

namespace aisle {

// {"accuracy", "0.7952"}, ... without those that are not defined.
void add_measure_rows(std::vector<std::vector<std::string>>& rows, const Measures& measures);

}  // namespace aisle
