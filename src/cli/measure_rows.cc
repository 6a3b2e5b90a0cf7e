#include "cli/measure_rows.h"

#include <cmath>

#include "cli/table.h"

namespace aisle {

void add_measure_rows(std::vector<std::vector<std::string>>& rows, const Measures& measures) {
  const std::pair<const char*, double> named[] = {
      {"accuracy", measures.accuracy},
      {"weighted F1", measures.weighted_f1},
      {"macro F1", measures.macro_f1},
      {"micro F1", measures.micro_f1},
      {"Jaccard", measures.jaccard},
      {"any right", measures.any_right},
      {"all right", measures.all_right},
      {"coverage", measures.coverage},
      {"precision when sure", measures.sure_precision},
      {"no prediction", measures.no_prediction},
      {"calibration error", measures.expected_calibration_error},
  };
  for (const auto& [name, value] : named) {
    if (std::isfinite(value)) rows.push_back({name, format_measure(value)});
  }
}

std::string robustness_text(const Evaluation& evaluation, TaskKind kind) {
  if (evaluation.robustness.empty()) return "";
  const bool tags = kind == TaskKind::kTags;
  std::vector<std::vector<std::string>> rows = {
      {"robustness", tags ? "micro F1" : "weighted F1", tags ? "Jaccard" : "accuracy", "coverage"}};
  const auto add = [&](const std::string& what, const Measures& m) {
    rows.push_back({what, format_measure(tags ? m.micro_f1 : m.weighted_f1),
                    format_measure(tags ? m.jaccard : m.accuracy), format_measure(m.coverage)});
  };
  add("texts as they are", evaluation.measures);
  for (const RobustnessRow& row : evaluation.robustness) add(row.what, row.measures);
  return "\n" + format_table(rows);
}

}  // namespace aisle
