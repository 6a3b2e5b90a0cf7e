#include "cli/measure_rows.h"

#include <cmath>

#include "cli/table.h"

namespace aisle {

void add_measure_rows(std::vector<std::vector<std::string>>& rows, const Measures& measures) {
  const std::pair<const char*, double> named[] = {
      {"accuracy", measures.accuracy},   {"weighted F1", measures.weighted_f1}, {"macro F1", measures.macro_f1},
      {"micro F1", measures.micro_f1},   {"Jaccard", measures.jaccard},         {"any right", measures.any_right},
      {"all right", measures.all_right}, {"coverage", measures.coverage},       {"precision when sure", measures.sure_precision},
      {"no prediction", measures.no_prediction}, {"calibration error", measures.expected_calibration_error},
  };
  for (const auto& [name, value] : named) {
    if (std::isfinite(value)) rows.push_back({name, format_measure(value)});
  }
}

}  // namespace aisle
